using System.Diagnostics;
using Wirepath.Wire;

namespace Wirepath.Devices;

/// <summary>
/// One thread that calls <c>poll</c> whenever there is a reason to: a device can be read, somebody woke it, or the time
/// has come that the last call asked for. In between it sleeps in epoll; it spins only when it was told to (<see cref="BusyPoll"/>).
/// </summary>
internal sealed unsafe class LoopThread : IDisposable
{
    private const ulong WakeKey = ulong.MaxValue;
    private const ulong TimerKey = ulong.MaxValue - 1;

    private readonly Func<Instant, Instant> _poll;
    private readonly TimeProvider _time;
    private readonly IPollableDevice[] _devices;
    private readonly Interest[] _interest;
    private readonly Epoll _epoll = new();
    private readonly Descriptor _wake = Epoll.Checked(Libc.EventFd(0, Libc.OpenNonblocking | Libc.OpenCloseOnExec));
    private readonly Descriptor _timer = Epoll.Checked(Libc.TimerFdCreate(Libc.ClockMonotonic, Libc.OpenNonblocking | Libc.OpenCloseOnExec));
    private readonly Thread _thread;
    private Instant _now = Instant.Epoch;
    private Instant _armedFor = Instant.Never;
    private int _woken;
    private bool _started;
    private volatile bool _stopping;

    /// <param name="name">The thread's, for debuggers.</param>
    /// <param name="poll">Does all work that is due and answers when it wants to be called next.</param>
    /// <param name="time">The clock that <paramref name="poll"/> lives by; it should run as fast as the system's.</param>
    /// <param name="devices">Whose descriptors to wait for; they stay their owner's.</param>
    public LoopThread(string name, Func<Instant, Instant> poll, TimeProvider time, IEnumerable<IPollableDevice> devices)
    {
        (_poll, _time) = (poll, time);
        _devices = [.. devices.Where(device => device.FileDescriptor >= 0)];
        _interest = new Interest[_devices.Length];
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _epoll.Add(_wake.Number, Libc.EpollIn, WakeKey);
        _epoll.Add(_timer.Number, Libc.EpollIn, TimerKey);
        for (int i = 0; i < _devices.Length; i++)
        {
            _epoll.Add(_devices[i].FileDescriptor, Libc.EpollIn, (ulong)i);
            _interest[i] = Interest.Read;
        }
    }

    private enum Interest
    {
        None,
        Read,
        ReadAndWrite,
    }

    /// <summary>How long to look for work again and again before sleeping; zero sleeps at once.</summary>
    public TimeSpan BusyPoll { get; set; }

    public void Start()
    {
        _started = true;
        _thread.Start();
    }

    /// <summary>Has the loop come round once more, soon. Any thread; cheap when it was woken already.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) != 0 || Environment.CurrentManagedThreadId == _thread.ManagedThreadId)
            return;
        try
        {
            ulong one = 1;
            Libc.Write(_wake, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // A call that crosses the end of the loop: there is nobody left to wake.
        }
    }

    /// <summary>Ends the loop and waits for its thread.</summary>
    /// <exception cref="InvalidOperationException">Called from the loop's own thread.</exception>
    public void Dispose()
    {
        if (Environment.CurrentManagedThreadId == _thread.ManagedThreadId)
            throw new InvalidOperationException("A loop cannot be disposed of from within itself.");
        if (_wake.IsClosed)
            return;
        _stopping = true;
        ulong one = 1;
        Libc.Write(_wake, &one, sizeof(ulong));
        if (_started)
            _thread.Join();
        _epoll.Dispose();
        _wake.Dispose();
        _timer.Dispose();
    }

    // A system's clock may be set back; a loop's time stands still until it has caught up.
    private Instant Now => _now = Instant.Max(_now, Instant.FromDateTimeOffset(_time.GetUtcNow()));

    private void Run()
    {
        while (!_stopping)
        {
            // Cleared before the work is looked at: a call that comes later sets it again and is not lost.
            Interlocked.Exchange(ref _woken, 0);
            Instant next = _poll(Now);
            UpdateInterest();
            int ready = BusyPoll > TimeSpan.Zero && next > _now ? Look() : 0;
            if (ready == 0)
                ready = _epoll.Wait(block: !_stopping && MaySleep(next));
            for (int i = 0; i < ready; i++)
                TakeUp(_epoll.Ready(i));
        }
    }

    // What comes soon finds the thread awake: waking it up takes longer than the work that it is woken for.
    private int Look()
    {
        long started = Stopwatch.GetTimestamp();
        int ready;
        do
            ready = _epoll.Wait(block: false);
        while (ready == 0 && Volatile.Read(ref _woken) == 0 && Stopwatch.GetElapsedTime(started) < BusyPoll);
        return ready;
    }

    // Woken from within poll itself: nothing was written to the eventfd for that.
    private bool MaySleep(Instant next) => Volatile.Read(ref _woken) == 0 && (next.IsNever || TryArm(next));

    /// <summary>Sets the timer unless it already fires by then: a timer that is early costs a round, one that is set each time costs a call each time.</summary>
    private bool TryArm(Instant next)
    {
        if (next >= _armedFor)
            return true;
        TimeSpan wait = next - Now;
        if (wait <= TimeSpan.Zero)
            return false;
        var setting = new TimerSetting { Seconds = wait.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = wait.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
        Libc.TimerFdSet(_timer, 0, &setting, null);
        _armedFor = next;
        return true;
    }

    private void UpdateInterest()
    {
        for (int i = 0; i < _devices.Length; i++)
        {
            IPollableDevice device = _devices[i];
            Interest wanted = device.Closure is not null ? Interest.None : device.WantsWrite ? Interest.ReadAndWrite : Interest.Read;
            if (wanted == _interest[i])
                continue;
            // A descriptor that is closed (−1 now) has left the epoll set by itself.
            if (wanted == Interest.None)
                _epoll.Remove(device.FileDescriptor);
            else if (_interest[i] != Interest.None)
                _epoll.Change(device.FileDescriptor, wanted == Interest.Read ? Libc.EpollIn : Libc.EpollIn | Libc.EpollOut, (ulong)i);
            _interest[i] = wanted;
        }
    }

    private void TakeUp((ulong Key, uint Events) ready)
    {
        ulong count;
        switch (ready.Key)
        {
            case WakeKey:
                Libc.Read(_wake, &count, sizeof(ulong));
                break;
            case TimerKey:
                Libc.Read(_timer, &count, sizeof(ulong));
                _armedFor = Instant.Never;
                break;
            default:
                IPollableDevice device = _devices[ready.Key];
                if ((ready.Events & Libc.EpollOut) != 0)
                    device.Flush();
                if ((ready.Events & (Libc.EpollIn | Libc.EpollError | Libc.EpollHangUp)) != 0)
                    device.Readable?.Invoke();
                break;
        }
    }
}
