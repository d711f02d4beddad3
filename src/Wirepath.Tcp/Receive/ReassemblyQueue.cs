using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// What arrived behind a hole: ranges in order of sequence that neither overlap nor touch. How many bytes may lie here
/// is bounded by the window that was offered; how many ranges, by a setting. A connection has one only while something is missing.
/// </summary>
internal sealed class ReassemblyQueue
{
    private const int MostSpare = 16;

    [ThreadStatic]
    private static ReassemblyQueue? t_spare;

    [ThreadStatic]
    private static int t_spares;

    private ReassemblyQueue? _following;
    private Range[] _ranges = new Range[4];
    private int _count;
    private uint _arrivals;

    private struct Range
    {
        public SequenceNumber Left;
        public SequenceNumber Right;
        public ByteChain Bytes;
        public uint LastArrival;
    }

    public int Length { get; private set; }

    /// <summary>Bytes of memory that the ranges hold.</summary>
    public int MemoryCharged { get; private set; }

    public int RangeCount => _count;

    public static ReassemblyQueue Take()
    {
        if (t_spare is not { } queue)
            return new ReassemblyQueue();
        (t_spare, queue._following) = (queue._following, null);
        t_spares--;
        return queue;
    }

    /// <summary>Drops what is there; the object serves the next connection.</summary>
    public static void Return(ReassemblyQueue queue)
    {
        queue.Clear();
        if (t_spares == MostSpare)
            return;
        (t_spare, queue._following) = (queue, t_spare);
        t_spares++;
    }

    /// <summary>Adds payload that begins at <paramref name="left"/>; bytes that are here already stay as they are.</summary>
    /// <param name="duplicate">The part that was here before, for a D-SACK; empty when none.</param>
    /// <returns>False when a new range would be more than <paramref name="mostRanges"/>.</returns>
    public bool TryAdd(SequenceNumber left, Packet packet, int offset, int length, int mostRanges, out SackBlock duplicate)
    {
        SequenceNumber right = left + length;
        duplicate = default;
        int first = FirstNotBefore(left);
        bool touches = first < _count && _ranges[first].Left <= right;
        if (!touches)
        {
            if (_count >= mostRanges)
                return false;
            Insert(first, left);
        }
        else if (_ranges[first].Left > left)
        {
            // The new bytes begin before the range: a range of their own, which then swallows its neighbours.
            Insert(first, left);
        }

        ref Range target = ref _ranges[first];
        target.LastArrival = ++_arrivals;
        SequenceNumber at = left;
        if (target.Right > at)
        {
            SequenceNumber known = SequenceNumber.Min(target.Right, right);
            duplicate = new SackBlock(at, known);
            at = known;
        }

        while (at < right || (first + 1 < _count && _ranges[first + 1].Left <= target.Right))
        {
            bool hasNext = first + 1 < _count && _ranges[first + 1].Left <= SequenceNumber.Max(right, target.Right);
            SequenceNumber until = hasNext ? SequenceNumber.Min(_ranges[first + 1].Left, right) : right;
            if (until > at)
            {
                int charged = target.Bytes.MemoryCharged;
                target.Bytes.Append(packet, offset + (at - left), until - at);
                MemoryCharged += target.Bytes.MemoryCharged - charged;
                Length += until - at;
                target.Right = at = until;
            }

            if (!hasNext)
                break;
            ref Range next = ref _ranges[first + 1];
            if (next.Left < right && duplicate == default)
                duplicate = new SackBlock(next.Left, SequenceNumber.Min(next.Right, right));
            target.Bytes.Append(ref next.Bytes, 0);
            target.Right = next.Right;
            at = SequenceNumber.Max(at, next.Right);
            RemoveAt(first + 1);
        }

        return true;
    }

    /// <summary>The first range that touches bytes from <paramref name="left"/> on or lies behind them: a thousand holes are no reason to walk.</summary>
    private int FirstNotBefore(SequenceNumber left)
    {
        (int low, int high) = (0, _count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].Right < left)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Moves what has become contiguous behind <paramref name="next"/> (RCV.NXT) to <paramref name="stream"/>.</summary>
    /// <returns>The new RCV.NXT.</returns>
    public SequenceNumber MoveContiguous(SequenceNumber next, ref ByteChain stream)
    {
        while (_count > 0 && _ranges[0].Left <= next)
        {
            ref Range range = ref _ranges[0];
            Length -= range.Bytes.Length;
            MemoryCharged -= range.Bytes.MemoryCharged;
            int known = Math.Min(next - range.Left, range.Bytes.Length);
            stream.Append(ref range.Bytes, known);
            next = SequenceNumber.Max(next, range.Right);
            RemoveAt(0);
        }

        return next;
    }

    /// <summary>Adds the blocks of RFC 2018 §4: the range of the latest arrival first, then the others by age.</summary>
    public void AddSackTo(ref TcpOptions options)
    {
        uint newest = 0;
        uint before = uint.MaxValue;
        for (int n = 0; n < Math.Min(_count, TcpOptions.MaxSackBlocks); n++, before = newest)
        {
            int best = -1;
            newest = 0;
            for (int i = 0; i < _count; i++)
            {
                uint arrival = _ranges[i].LastArrival;
                if (arrival < before && arrival > newest)
                    (best, newest) = (i, arrival);
            }

            if (best < 0 || !options.AddSack(new SackBlock(_ranges[best].Left, _ranges[best].Right)))
                return;
        }
    }

    /// <summary>
    /// The right edge of the highest range: what the peer may hold for our RCV.NXT, if it takes what was reported by SACK for received.
    /// Its RST carries that number.
    /// </summary>
    public bool EndsAt(SequenceNumber sequence) => _count > 0 && _ranges[_count - 1].Right == sequence;

    /// <summary>Throws the last range away, unless it begins before <paramref name="from"/>.</summary>
    public bool PruneLast(SequenceNumber from)
    {
        ref Range last = ref _ranges[_count - 1];
        if (last.Left < from)
            return false;
        Length -= last.Bytes.Length;
        MemoryCharged -= last.Bytes.MemoryCharged;
        last.Bytes.Consume(last.Bytes.Length);
        last = default;
        _count--;
        return true;
    }

    private void Clear()
    {
        for (int i = 0; i < _count; i++)
        {
            _ranges[i].Bytes.Consume(_ranges[i].Bytes.Length);
            _ranges[i] = default;
        }

        (_count, Length, MemoryCharged, _arrivals) = (0, 0, 0, 0);
    }

    private void Insert(int index, SequenceNumber left)
    {
        if (_count == _ranges.Length)
            Array.Resize(ref _ranges, _count * 2);
        Array.Copy(_ranges, index, _ranges, index + 1, _count - index);
        _ranges[index] = new Range { Left = left, Right = left };
        _count++;
    }

    private void RemoveAt(int index)
    {
        _count--;
        Array.Copy(_ranges, index + 1, _ranges, index, _count - index);
        _ranges[_count] = default;
    }
}
