using System.Diagnostics.CodeAnalysis;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>
/// Puts IPv4 fragments together (RFC 791 §3.2). Anything suspicious costs the whole datagram: an overlap (RFC 5722's
/// rule, sensible for IPv4 too), an end behind 65,535 bytes, two different ends, too many pieces.
/// </summary>
internal sealed class Reassembly(Host host)
{
    private readonly record struct Key(IpAddress Source, IpAddress Destination, ushort Identification, IpProtocol Protocol);

    private readonly Dictionary<Key, Assembly> _assemblies = [];
    private readonly LinkedList<Assembly> _oldest = [];

    /// <summary>Bytes charged for what waits.</summary>
    public long Bytes { get; private set; }

    public int Count => _assemblies.Count;

    /// <summary>Takes a fragment over.</summary>
    /// <returns>True when it was the last missing one: <paramref name="whole"/> is the datagram, linear.</returns>
    public bool TryAdd(Interface on, Packet fragment, in Ipv4Header header, Instant now, [NotNullWhen(true)] out Packet? whole)
    {
        whole = null;
        host.Statistics.IpReasmReqds++;
        var key = new Key(header.Source, header.Destination, header.Identification, header.Protocol);
        int size = header.PayloadLength;
        int end = header.FragmentOffset + size;
        // The ping of death, a piece of nothing, and a middle piece that is not a multiple of 8 bytes.
        bool impossible = end + header.HeaderLength > Ipv4Header.MaxTotalLength || size == 0 || (header.MoreFragments && size % 8 != 0);
        if (impossible)
        {
            host.Statistics.IpReasmFails++;
            host.Drop(on, fragment, DropReason.Malformed);
            return false;
        }

        int charge = MemoryBudget.ChargeFor(fragment);
        while (_oldest.Count > 0 && (Bytes + charge > host.Settings.Ip.ReassemblyMemory || _oldest.Count >= host.Settings.Ip.MostReassemblies))
        {
            host.Statistics.IpReasmFails++;
            Remove(_oldest.First!.Value);
        }

        if (!host.Budget.TryCharge(charge))
        {
            host.Statistics.IpReasmFails++;
            host.Drop(on, fragment, DropReason.Budget);
            return false;
        }

        Bytes += charge;
        if (!_assemblies.TryGetValue(key, out Assembly? assembly))
        {
            assembly = new Assembly(this, key, on);
            _assemblies.Add(key, assembly);
            _oldest.AddLast(assembly.Place);
            host.Wheel.Set(assembly.Timer, now + host.Settings.Ip.ReassemblyTime);
        }

        if (assembly.IsDead || !TryInsert(assembly, fragment, header, end, charge))
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

    private bool TryInsert(Assembly assembly, Packet fragment, in Ipv4Header header, int end, int charge)
    {
        int at = 0;
        List<Piece> pieces = assembly.Pieces;
        while (at < pieces.Count && pieces[at].Start < header.FragmentOffset)
            at++;
        bool duplicate = at < pieces.Count && pieces[at].Start == header.FragmentOffset && pieces[at].End == end;
        if (duplicate)
            return false; // A copy made by the network is no attack; it is merely not needed.

        bool overlaps = (at > 0 && pieces[at - 1].End > header.FragmentOffset) || (at < pieces.Count && pieces[at].Start < end);
        bool contradicts = assembly.TotalPayload >= 0 && (end > assembly.TotalPayload || !header.MoreFragments);
        bool endsTooEarly = !header.MoreFragments && pieces.Count > 0 && pieces[^1].End > end;
        if (overlaps || contradicts || endsTooEarly || pieces.Count >= host.Settings.Ip.MostFragments)
        {
            host.Statistics.IpReasmFails++;
            assembly.IsDead = true; // Stays until its time is over, so that late pieces do not start anew.
            ReleasePieces(assembly);
            return false;
        }

        pieces.Insert(at, new Piece(header.FragmentOffset, end, header.HeaderLength, charge, fragment));
        assembly.Received += end - header.FragmentOffset;
        if (!header.MoreFragments)
            assembly.TotalPayload = end;
        return true;
    }

    private Packet Join(Assembly assembly)
    {
        Packet first = assembly.Pieces[0].Packet;
        int headerLength = assembly.Pieces[0].HeaderLength;
        int total = headerLength + assembly.TotalPayload;
        Packet whole = Packet.Rent(total);
        Span<byte> bytes = whole.Append(total);
        first.CopyTo(0, bytes[..headerLength]);
        foreach (Piece piece in assembly.Pieces)
            piece.Packet.CopyTo(piece.HeaderLength, bytes.Slice(headerLength + piece.Start, piece.End - piece.Start));
        _ = Ipv4Header.TryReadQuoted(bytes, out Ipv4Header header);
        Span<byte> options = stackalloc byte[Ipv4Header.MaxSize - Ipv4Header.Size];
        options = options[..(headerLength - Ipv4Header.Size)];
        bytes[Ipv4Header.Size..headerLength].CopyTo(options);
        (header with { TotalLength = (ushort)total, MoreFragments = false, FragmentOffset = 0 }).Write(bytes, options);
        whole.Cause = host.Log.Because;
        whole.ReceivedAt = host.LoopTime;
        whole.NetworkOffset = 0;
        whole.TransportOffset = headerLength;
        host.Statistics.IpReasmOKs++;
        if (host.Log.IsEnabled)
            whole.Cause = host.Log.WriteAndFollow(new PacketReassembled(header.Source, header.Destination, total, assembly.Pieces.Count));
        return whole;
    }

    private void OnTimer(Assembly assembly, Instant now)
    {
        if (!assembly.IsDead)
        {
            host.Statistics.IpReasmTimeout++;
            host.Statistics.IpReasmFails++;
            if (assembly.Pieces.Count > 0)
                host.Log.Because = assembly.Pieces[^1].Packet.Cause;
            if (host.Log.IsEnabled)
                host.Log.WriteAndFollow(new ReassemblyTimedOut(assembly.Key.Source, assembly.Key.Destination, assembly.Pieces.Count));
            // RFC 792: only when the first piece is there to be quoted.
            if (assembly.Pieces.Count > 0 && assembly.Pieces[0].Start == 0)
            {
                host.Icmp.SendError(assembly.Pieces[0].Packet,
                    new IcmpHeader(IcmpType.TimeExceeded, (byte)IcmpTimeExceededCode.Reassembly, 0, 0), assembly.Interface, now);
            }
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

    private readonly record struct Piece(int Start, int End, int HeaderLength, int Charge, Packet Packet);

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
