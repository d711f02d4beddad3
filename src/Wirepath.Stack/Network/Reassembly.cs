using System.Diagnostics.CodeAnalysis;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>
/// Puts fragments together (RFC 791 §3.2, RFC 8200 §4.5). Anything suspicious costs the whole datagram: an overlap (RFC 5722's
/// rule, sensible for IPv4 too), an end behind 65,535 bytes, two different ends, too many pieces.
/// </summary>
internal sealed class Reassembly(Host host, IReassemblyFamily family)
{
    private readonly record struct Key(IpAddress Source, IpAddress Destination, uint Identification, IpProtocol Protocol);

    private readonly Dictionary<Key, Assembly> _assemblies = [];
    private readonly LinkedList<Assembly> _oldest = [];

    /// <summary>Bytes charged for what waits.</summary>
    public long Bytes { get; private set; }

    public int Count => _assemblies.Count;

    /// <summary>Takes a fragment over.</summary>
    /// <returns>True when it was the last missing one: <paramref name="whole"/> is the datagram, linear.</returns>
    public bool TryAdd(Interface on, Packet fragment, in IpFragment piece, Instant now, [NotNullWhen(true)] out Packet? whole)
    {
        whole = null;
        family.Counters.Requests++;
        var key = new Key(piece.Source, piece.Destination, piece.Identification, piece.Protocol);
        if (piece.IsImpossible)
        {
            family.Counters.Failures++;
            host.Drop(on, fragment, DropReason.Malformed);
            return false;
        }

        int charge = MemoryBudget.ChargeFor(fragment);
        while (_oldest.Count > 0 && (Bytes + charge > family.MemoryLimit || _oldest.Count >= host.Settings.Ip.MostReassemblies))
        {
            family.Counters.Failures++;
            Remove(_oldest.First!.Value);
        }

        if (!host.Budget.TryCharge(charge))
        {
            family.Counters.Failures++;
            host.Drop(on, fragment, DropReason.Budget);
            return false;
        }

        Bytes += charge;
        if (!_assemblies.TryGetValue(key, out Assembly? assembly))
        {
            assembly = new Assembly(this, key, on);
            _assemblies.Add(key, assembly);
            _oldest.AddLast(assembly.Place);
            host.Wheel.Set(assembly.Timer, now + family.Patience);
        }

        if (assembly.IsDead || !TryInsert(assembly, fragment, piece, charge))
        {
            Release(charge);
            host.Drop(on, fragment, DropReason.Fragment);
            return false;
        }

        if (assembly.Received != assembly.TotalPayload)
            return false;
        whole = Join(assembly);
        Remove(assembly);
        return true;
    }

    private bool TryInsert(Assembly assembly, Packet fragment, in IpFragment piece, int charge)
    {
        int at = 0, end = piece.End;
        List<Piece> pieces = assembly.Pieces;
        while (at < pieces.Count && pieces[at].Start < piece.Offset)
            at++;
        bool duplicate = at < pieces.Count && pieces[at].Start == piece.Offset && pieces[at].End == end;
        if (duplicate)
            return false; // A copy made by the network is no attack; it is merely not needed.

        bool overlaps = (at > 0 && pieces[at - 1].End > piece.Offset) || (at < pieces.Count && pieces[at].Start < end);
        bool contradicts = assembly.TotalPayload >= 0 && (end > assembly.TotalPayload || !piece.MoreFragments);
        bool endsTooEarly = !piece.MoreFragments && pieces.Count > 0 && pieces[^1].End > end;
        if (overlaps || contradicts || endsTooEarly || pieces.Count >= host.Settings.Ip.MostFragments)
        {
            family.Counters.Failures++;
            assembly.IsDead = true; // Stays until its time is over, so that late pieces do not start anew.
            ReleasePieces(assembly);
            return false;
        }

        pieces.Insert(at, new Piece(piece, charge, fragment));
        assembly.Received += end - piece.Offset;
        if (!piece.MoreFragments)
            assembly.TotalPayload = end;
        return true;
    }

    private Packet Join(Assembly assembly)
    {
        IpFragment first = assembly.Pieces[0].Fragment;
        int total = first.HeaderLength + assembly.TotalPayload;
        Packet whole = Packet.Rent(total);
        Span<byte> bytes = whole.Append(total);
        assembly.Pieces[0].Packet.CopyTo(0, bytes[..first.HeaderLength]);
        foreach (Piece piece in assembly.Pieces)
            piece.Packet.CopyTo(piece.Fragment.PayloadAt, bytes.Slice(first.HeaderLength + piece.Start, piece.End - piece.Start));
        family.MendHeader(bytes, first);
        whole.Cause = host.Log.Because;
        whole.ReceivedAt = host.LoopTime;
        whole.NetworkOffset = 0;
        whole.TransportOffset = first.HeaderLength;
        family.Counters.Successes++;
        if (host.Log.IsEnabled)
            whole.Cause = host.Log.WriteAndFollow(new PacketReassembled(first.Source, first.Destination, total, assembly.Pieces.Count));
        return whole;
    }

    private void OnTimer(Assembly assembly, Instant now)
    {
        if (!assembly.IsDead)
        {
            family.Counters.Timeouts++;
            family.Counters.Failures++;
            if (assembly.Pieces.Count > 0)
                host.Log.Because = assembly.Pieces[^1].Packet.Cause;
            if (host.Log.IsEnabled)
                host.Log.WriteAndFollow(new ReassemblyTimedOut(assembly.Key.Source, assembly.Key.Destination, assembly.Pieces.Count));
            // RFC 792, RFC 8200 §4.5: only when the first piece is there to be quoted.
            if (assembly.Pieces.Count > 0 && assembly.Pieces[0].Start == 0)
                family.ReportTimeout(assembly.Pieces[0].Packet, assembly.Interface, now);
        }

        Remove(assembly);
    }

    private void Remove(Assembly assembly)
    {
        host.Wheel.Cancel(assembly.Timer);
        _assemblies.Remove(assembly.Key);
        _oldest.Remove(assembly.Place);
        ReleasePieces(assembly);
    }

    private void ReleasePieces(Assembly assembly)
    {
        foreach (Piece piece in assembly.Pieces)
        {
            Release(piece.Charge);
            piece.Packet.Dispose();
        }

        assembly.Pieces.Clear();
    }

    private void Release(int charge)
    {
        Bytes -= charge;
        host.Budget.Release(charge);
    }

    public void Dispose()
    {
        foreach (Assembly assembly in _assemblies.Values)
            ReleasePieces(assembly);
        _assemblies.Clear();
        _oldest.Clear();
    }

    private readonly record struct Piece(IpFragment Fragment, int Charge, Packet Packet)
    {
        public int Start => Fragment.Offset;

        public int End => Fragment.End;
    }

    private sealed class Assembly : ITimerTarget
    {
        private readonly Reassembly _owner;

        public Assembly(Reassembly owner, Key key, Interface on)
        {
            (_owner, Key, Interface) = (owner, key, on);
            Timer = new WheelTimer(this);
            Place = new LinkedListNode<Assembly>(this);
        }

        public readonly LinkedListNode<Assembly> Place;
        public readonly Key Key;
        public readonly Interface Interface;
        public readonly WheelTimer Timer;
        public readonly List<Piece> Pieces = [];
        public int Received;
        public int TotalPayload = -1;
        public bool IsDead;

        public void OnTimer(WheelTimer timer, Instant now) => _owner.OnTimer(this, now);
    }
}
