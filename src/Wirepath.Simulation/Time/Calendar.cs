using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>
/// Appointments in order of (instant, order of scheduling): a binary heap in which each appointment knows its place,
/// so that moving or removing one costs O(log n) and leaves nothing behind.
/// </summary>
internal sealed class Calendar
{
    private Appointment[] _heap = new Appointment[256];
    private long _order;

    public int Count { get; private set; }

    public Appointment? First => Count == 0 ? null : _heap[0];

    public IEnumerable<Appointment> All => _heap.Take(Count);

    /// <summary>Puts the appointment at <paramref name="at"/>, behind those that are there already; moves it if it had a place.</summary>
    public void Put(Appointment appointment, Instant at)
    {
        appointment.At = at;
        appointment.Order = ++_order;
        if (appointment.IsScheduled)
        {
            Settle(appointment.Index);
            return;
        }

        if (Count == _heap.Length)
            Array.Resize(ref _heap, Count * 2);
        Place(appointment, Count++);
        Rise(appointment.Index);
    }

    public void Remove(Appointment appointment)
    {
        if (!appointment.IsScheduled)
            return;
        int hole = appointment.Index;
        appointment.Index = Appointment.NotScheduled;
        appointment.At = Instant.Never;
        Appointment last = _heap[--Count];
        _heap[Count] = null!;
        if (hole == Count)
            return;
        Place(last, hole);
        Settle(hole);
    }

    private static bool Before(Appointment left, Appointment right) =>
        left.At.Ticks != right.At.Ticks ? left.At.Ticks < right.At.Ticks : left.Order < right.Order;

    private void Place(Appointment appointment, int index)
    {
        _heap[index] = appointment;
        appointment.Index = index;
    }

    private void Settle(int index)
    {
        if (!Rise(index))
            Sink(index);
    }

    private bool Rise(int index)
    {
        Appointment moving = _heap[index];
        int from = index;
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!Before(moving, _heap[parent]))
                break;
            Place(_heap[parent], index);
            index = parent;
        }

        Place(moving, index);
        return index != from;
    }

    private void Sink(int index)
    {
        Appointment moving = _heap[index];
        while (true)
        {
            int child = 2 * index + 1;
            if (child >= Count)
                break;
            if (child + 1 < Count && Before(_heap[child + 1], _heap[child]))
                child++;
            if (!Before(_heap[child], moving))
                break;
            Place(_heap[child], index);
            index = child;
        }

        Place(moving, index);
    }
}
