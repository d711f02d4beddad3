using System.Buffers;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// The scoreboard: everything sent and not yet acknowledged, in order of sequence, with the counts that RFC 6675 calls
/// pipe. A ring that grows with the window and is given back when everything is acknowledged; rows are split where an ACK or a
/// SACK block ends inside one.
/// </summary>
internal struct SentQueue
{
    private const int LeastRing = 16;

    private SentSegment[]? _ring;
    private int _first;

    /// <summary>Rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Segments in all rows.</summary>
    public int Segments { get; private set; }

    /// <summary>Segments that the peer has; without SACK, as many as there were duplicate ACKs.</summary>
    public int Sacked { get; set; }

    public int Lost { get; private set; }

    /// <summary>Segments of which a repetition is under way.</summary>
    public int Repeated { get; private set; }

    /// <summary>Neither delivered nor lost, and repetitions.</summary>
    public readonly int InFlight => Segments - Sacked - Lost + Repeated;

    public readonly ref SentSegment this[int index] => ref _ring![(_first + index) & (_ring.Length - 1)];

    /// <summary>Bytes of memory that the rows take.</summary>
    public readonly int MemoryCharged => (_ring?.Length ?? 0) * 72;

    public void Append(in SentSegment segment)
    {
        MakeRoom();
        this[Rows++] = segment;
        Segments += segment.Count;
    }

    /// <summary>Forgets the first row.</summary>
    public void RemoveFirst()
    {
        ref SentSegment row = ref this[0];
        Segments -= row.Count;
        Uncount(row);
        _first = (_first + 1) & (_ring!.Length - 1);
        if (--Rows == 0)
            GiveBack();
    }

    /// <summary>The first <paramref name="segments"/> segments of the first row, up to <paramref name="left"/>, are acknowledged.</summary>
    public void TrimFirst(SequenceNumber left, int segments)
    {
        ref SentSegment row = ref this[0];
        SentSegment gone = row;
        gone.Count = segments;
        Uncount(gone);
        Segments -= segments;
        (row.Left, row.Count) = (left, row.Count - segments);
    }

    /// <summary>Adds marks to a row and counts them.</summary>
    public void Mark(int index, SegmentMarks marks)
    {
        ref SentSegment row = ref this[index];
        SegmentMarks added = marks & ~row.Marks;
        row.Marks |= marks;
        if ((added & SegmentMarks.Sacked) != 0)
            Sacked += row.Count;
        if ((added & SegmentMarks.Lost) != 0)
            Lost += row.Count;
        if ((added & SegmentMarks.Repeated) != 0)
            Repeated += row.Count;
    }

    public void Unmark(int index, SegmentMarks marks)
    {
        ref SentSegment row = ref this[index];
        SentSegment removed = row;
        removed.Marks &= marks;
        Uncount(removed);
        row.Marks &= ~marks;
    }

    /// <summary>The row that contains <paramref name="sequence"/> or the first behind it; <see cref="Rows"/> when there is none.</summary>
    public readonly int Find(SequenceNumber sequence)
    {
        int low = 0;
        int high = Rows;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (this[middle].Right <= sequence)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Cuts a row so that <paramref name="segments"/> segments stay in front.</summary>
    public void Split(int index, int segments)
    {
        MakeRoom();
        for (int i = Rows; i > index + 1; i--)
            this[i] = this[i - 1];
        Rows++;
        ref SentSegment front = ref this[index];
        ref SentSegment back = ref this[index + 1];
        back = front;
        front.Right = back.Left = front.Left + segments * front.SegmentBytes;
        front.Count = segments;
        front.Marks &= ~SegmentMarks.Pushed;
        back.Count -= segments;
    }

    /// <summary>Counts the segments of a row anew: the MSS has changed.</summary>
    public void Recount(int index, int segments, int segmentBytes)
    {
        ref SentSegment row = ref this[index];
        SegmentMarks marks = row.Marks;
        Unmark(index, SegmentMarks.Sacked | SegmentMarks.Lost | SegmentMarks.Repeated);
        Segments += segments - row.Count;
        (row.Count, row.SegmentBytes) = (segments, segmentBytes);
        Mark(index, marks);
    }

    /// <summary>Joins a row of one segment with the next, which is to go again with it.</summary>
    public void Join(int index)
    {
        ref SentSegment row = ref this[index];
        ref SentSegment next = ref this[index + 1];
        Uncount(next);
        Segments -= next.Count;
        row.Right = next.Right;
        row.SegmentBytes += next.SegmentBytes;
        row.Marks = (row.Marks & ~SegmentMarks.Pushed) | (next.Marks & (SegmentMarks.EverRepeated | SegmentMarks.Pushed));
        for (int i = index + 1; i < Rows - 1; i++)
            this[i] = this[i + 1];
        Rows--;
    }

    public void Clear()
    {
        GiveBack();
        this = default;
    }

    private void Uncount(in SentSegment row)
    {
        if (row.Has(SegmentMarks.Sacked))
            Sacked -= row.Count;
        if (row.Has(SegmentMarks.Lost))
            Lost -= row.Count;
        if (row.Has(SegmentMarks.Repeated))
            Repeated -= row.Count;
    }

    private void MakeRoom()
    {
        if (_ring is null)
        {
            _ring = ArrayPool<SentSegment>.Shared.Rent(LeastRing);
            return;
        }

        if (Rows < _ring.Length)
            return;
        SentSegment[] larger = ArrayPool<SentSegment>.Shared.Rent(_ring.Length * 2);
        for (int i = 0; i < Rows; i++)
            larger[i] = this[i];
        ArrayPool<SentSegment>.Shared.Return(_ring);
        (_ring, _first) = (larger, 0);
    }

    private void GiveBack()
    {
        if (_ring is not null)
            ArrayPool<SentSegment>.Shared.Return(_ring);
        (_ring, _first) = (null, 0);
    }
}
