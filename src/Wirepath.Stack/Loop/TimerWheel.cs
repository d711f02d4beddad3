using System.Numerics;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>
/// A hierarchical timer wheel: setting and cancelling are O(1). Slots only sort timers roughly; each keeps its exact
/// due time, so that none fires early, <see cref="NextDue"/> is exact, and timers due together fire in the order of their
/// due times, then in the order in which they were set.
/// </summary>
internal sealed class TimerWheel
{
    // Nine levels of 64 slots; the finest slot spans 2¹³ ticks (0.8 ms), the coarsest covers every instant.
    private const int Levels = 9;
    private const int SlotBits = 6;
    private const int SlotsPerLevel = 1 << SlotBits;
    private const int FinestBits = 13;

    private readonly WheelTimer?[] _slots = new WheelTimer?[Levels * SlotsPerLevel];
    private readonly ulong[] _occupied = new ulong[Levels];
    private readonly List<WheelTimer> _due = [];
    private ulong _position;   // in finest slots
    private ulong _order;
    private Instant _next = Instant.Never;
    private bool _nextIsKnown = true;

    public int Count { get; private set; }

    /// <summary>The due time of the nearest timer; <see cref="Instant.Never"/> when none is set.</summary>
    public Instant NextDue
    {
        get
        {
            if (!_nextIsKnown)
            {
                _next = FindNext();
                _nextIsKnown = true;
            }

            return _next;
        }
    }

    /// <summary>Sets the timer, or moves it; <see cref="Instant.Never"/> cancels it.</summary>
    public void Set(WheelTimer timer, Instant due)
    {
        if (timer.Due == due && timer.IsSet == !due.IsNever)
            return;
        Cancel(timer);
        if (due.IsNever)
            return;
        timer.Due = due;
        timer.Order = ++_order;
        Link(timer);
        Count++;
        if (_nextIsKnown && due < _next)
            _next = due;
    }

    public void Cancel(WheelTimer timer)
    {
        if (!timer.IsSet)
            return;
        if (_nextIsKnown && timer.Due == _next)
            _nextIsKnown = false;
        Unlink(timer);
        timer.Due = Instant.Never;
        Count--;
    }

    /// <summary>Fires what is due, including what the callbacks set for now or earlier.</summary>
    /// <returns>How many fired.</returns>
    public int Advance(Instant now)
    {
        int fired = 0;
        while (NextDue <= now)
        {
            CollectDue(now);
            foreach (WheelTimer timer in _due)
            {
                // An earlier callback may have cancelled or moved it.
                if (!timer.IsSet || timer.Due > now)
                    continue;
                Cancel(timer);
                fired++;
                timer.Target.OnTimer(timer, now);
            }

            _due.Clear();
        }

        return fired;
    }

    private void CollectDue(Instant now)
    {
        ulong end = Position(now);
        while (TryFindFirstSlot(out int level, out int slot, out ulong start) && start <= end)
        {
            _position = Math.Max(_position, start);
            WheelTimer? timer = _slots[slot];
            if (level == 0)
            {
                for (; timer is not null; timer = timer.Following)
                {
                    if (timer.Due <= now)
                        _due.Add(timer);
                }

                if (_due.Count > 0)
                    break;
                return;
            }

            // Cascade: seen from the new position each belongs to a finer level.
            _slots[slot] = null;
            _occupied[level] &= ~(1UL << (slot & (SlotsPerLevel - 1)));
            while (timer is not null)
            {
                WheelTimer? following = timer.Following;
                timer.Previous = timer.Following = null;
                Link(timer);
                timer = following;
            }
        }

        _due.Sort(static (a, b) => a.Due != b.Due ? a.Due.CompareTo(b.Due) : a.Order.CompareTo(b.Order));
    }

    private Instant FindNext()
    {
        if (!TryFindFirstSlot(out _, out int slot, out _))
            return Instant.Never;
        Instant next = Instant.Never;
        for (WheelTimer? timer = _slots[slot]; timer is not null; timer = timer.Following)
            next = Instant.Min(next, timer.Due);
        return next;
    }

    // A timer's level is that of the highest digit in which its position differs from the wheel's, so whatever is on a
    // finer level is due before everything on a coarser one.
    private bool TryFindFirstSlot(out int level, out int slot, out ulong start)
    {
        for (level = 0; level < Levels; level++)
        {
            if (_occupied[level] == 0)
                continue;
            int index = BitOperations.TrailingZeroCount(_occupied[level]);
            slot = level * SlotsPerLevel + index;
            int shift = level * SlotBits;
            start = (((_position >> shift) & ~(ulong)(SlotsPerLevel - 1)) | (uint)index) << shift;
            return true;
        }

        (slot, start) = (-1, 0);
        return false;
    }

    private void Link(WheelTimer timer)
    {
        // What is overdue goes to the current slot.
        ulong at = Math.Max(Position(timer.Due), _position);
        ulong difference = (at ^ _position) | (SlotsPerLevel - 1);
        int level = Math.Min((63 - BitOperations.LeadingZeroCount(difference)) / SlotBits, Levels - 1);
        int index = (int)(at >> (level * SlotBits)) & (SlotsPerLevel - 1);
        int slot = level * SlotsPerLevel + index;
        timer.Slot = slot;
        timer.Previous = null;
        timer.Following = _slots[slot];
        if (timer.Following is not null)
            timer.Following.Previous = timer;
        _slots[slot] = timer;
        _occupied[level] |= 1UL << index;
    }

    private void Unlink(WheelTimer timer)
    {
        if (timer.Previous is not null)
            timer.Previous.Following = timer.Following;
        else
            _slots[timer.Slot] = timer.Following;
        if (timer.Following is not null)
            timer.Following.Previous = timer.Previous;
        if (_slots[timer.Slot] is null)
            _occupied[timer.Slot >> SlotBits] &= ~(1UL << (timer.Slot & (SlotsPerLevel - 1)));
        timer.Previous = timer.Following = null;
        timer.Slot = -1;
    }

    private static ulong Position(Instant instant) => (ulong)Math.Max(instant.Ticks, 0) >> FinestBits;
}
