using Wirepath.Wire;

namespace Wirepath.Tcp;

// What happens when a buffer, or the host's memory, is full although the window said there was room: many small segments hold more
// than their bytes. What arrived out of order goes first; the peer must keep it until it is acknowledged (RFC 2018 §8).
public sealed partial class TcpConnection
{
    // What was offered can be kept however small the buffer is: its bytes may begin and end within a block (Linux's SOCK_MIN_RCVBUF).
    private const int LeastMemory = 2 * BlockPool.SmallSize;

    private bool _noMemory; // text was thrown away for want of memory, and the peer is told a closed window

    private bool HasMemory => Shared is not { Memory: MemoryState.Exhausted } && ReceiveMemory <= Math.Max(_rcvBuffer, LeastMemory);

    /// <summary>Whether text that has just arrived may be kept.</summary>
    private bool MayKeep(SequenceNumber sequence, int length)
    {
        if (HasMemory)
            return true;
        TcpCounters? counters = Shared?.Counters;
        counters?.PruneCalled += 1;
        if (IsUnderMemoryPressure)
            LowerOffer();
        bool inOrder = sequence <= _rcvNxt;
        Prune(inOrder ? _rcvNxt : sequence);
        if (HasMemory)
            return true;
        // Something must go on, or nobody would ever free memory: the least that a connection is always given.
        if (inOrder && ReceiveMemory == 0 && length <= _settings.ReceiveBuffer.Min)
            return true;
        if (counters is not null)
        {
            counters.RcvPruned++;
            if (inOrder)
                counters.TCPRcvQDrop++;
            else
                counters.TCPOFODrop++;
        }

        if (_received.Length > 0)
            _signals |= TcpSignals.Readable; // reading helps
        return false;
    }

    /// <summary>Throws away what lies farthest behind, an eighth of the buffer at a time, but nothing before <paramref name="from"/>.</summary>
    private void Prune(SequenceNumber from)
    {
        if (_reassembly is null)
            return;
        bool pruned = false;
        while (_reassembly.RangeCount > 0 && !HasMemory)
        {
            if (!_reassembly.PruneLast(from))
                break;
            pruned = true;
        }

        if (_reassembly.RangeCount == 0)
            DropReassembly();
        if (pruned)
            Shared?.Counters.OfoPruned += 1;
    }
}
