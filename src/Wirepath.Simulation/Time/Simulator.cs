using System.Globalization;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>
/// Discrete events behind a <see cref="TimeProvider"/>. One thread, the caller's, runs everything: hosts, links, timers and the
/// application's own <c>async</c> code, whose continuations run inline because there is no synchronisation context. Virtual time
/// passes only between events, so the same seed gives the same run. Code that leaves the thread all the same (the thread
/// pool) comes back through an inbox; it works, but its place among the events is then real time's choice.
/// </summary>
public sealed class Simulator : IDisposable
{
    private readonly Calendar _calendar = new();
    private readonly Stack<Appointment> _spare = new();
    private readonly List<Host> _hosts = [];
    private readonly List<IDisposable> _owned = [];
    private readonly Lock _inboxLock = new();
    private readonly Queue<Action> _inbox = new();
    private readonly SemaphoreSlim _posted = new(0);
    private int _inboxCount;
    private int _ownThread = Environment.CurrentManagedThreadId;
    private int _eventsAtThisInstant;

    /// <param name="seed">All randomness of hosts and links is forked from it by name.</param>
    /// <param name="start">The clock's first instant.</param>
    /// <param name="log">Where hosts and links write.</param>
    /// <param name="settings">Bounds; null for the defaults.</param>
    public Simulator(ulong seed, Instant start, EventLog log, SimulatorSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        Random = new RandomSource(seed);
        Now = start;
        Log = log;
        Settings = settings ?? new SimulatorSettings();
        Time = new VirtualTime(this);
    }

    public SimulatorSettings Settings { get; }

    public EventLog Log { get; }

    public RandomSource Random { get; }

    public VirtualTime Time { get; }

    public Instant Now { get; private set; }

    /// <summary>Events that have run so far.</summary>
    public long EventsRun { get; private set; }

    public IReadOnlyList<Host> Hosts => _hosts;

    /// <summary>True on the thread that runs the events (before the first run: the one that made the simulator).</summary>
    internal bool IsOwnThread => Volatile.Read(ref _ownThread) == Environment.CurrentManagedThreadId;

    /// <summary>Makes a host whose loop this simulator drives.</summary>
    public Host AddHost(string name, HostSettings settings)
    {
        var host = new Host(name, settings, Time, Random.Fork("host " + name), Log) { CompleteInline = true };
        host.WorkArrived = new NodeLoop(this, name, host.Poll).OnWorkArrived;
        _hosts.Add(host);
        return host;
    }

    /// <summary>Runs <paramref name="work"/> once at <paramref name="at"/> (now, if that has passed), behind what is there already.</summary>
    public void Schedule(Instant at, Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (!IsOwnThread)
        {
            PostSchedule(at, work);
            return;
        }

        if (!_spare.TryPop(out Appointment? appointment))
            appointment = new Appointment("work", work) { IsOneShot = true };
        appointment.Work = work;
        Schedule(appointment, at);
    }

    /// <summary>Makes an appointment that can be scheduled, moved and cancelled again and again.</summary>
    public Appointment CreateAppointment(string what, Action work) => new(what, work);

    /// <summary>Puts the appointment at <paramref name="at"/> (now, if that has passed), wherever it was before. On the simulation's thread only.</summary>
    public void Schedule(Appointment appointment, Instant at)
    {
        ArgumentNullException.ThrowIfNull(appointment);
        if (at.IsNever)
            _calendar.Remove(appointment);
        else
            _calendar.Put(appointment, Instant.Max(at, Now));
    }

    public void Cancel(Appointment appointment)
    {
        ArgumentNullException.ThrowIfNull(appointment);
        _calendar.Remove(appointment);
    }

    /// <summary>Hands work to the simulation's thread, from any thread; it runs before the next event.</summary>
    public void Post(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        lock (_inboxLock)
        {
            _inbox.Enqueue(work);
            Volatile.Write(ref _inboxCount, _inbox.Count);
        }

        _posted.Release();
    }

    /// <summary>Starts the application and runs events until its task is done.</summary>
    /// <exception cref="SimulationStuckException">Nothing is scheduled any more, or a bound of <see cref="Settings"/> is passed, and the task still waits.</exception>
    public T Run<T>(Func<Task<T>> application)
    {
        ArgumentNullException.ThrowIfNull(application);
        using var run = new RunScope(this);
        Task<T> task = application();
        RunUntilDone(task);
        return task.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Func<Task> application)
    {
        ArgumentNullException.ThrowIfNull(application);
        using var run = new RunScope(this);
        Task task = application();
        RunUntilDone(task);
        task.GetAwaiter().GetResult();
    }

    /// <summary>Runs all events up to and including <paramref name="at"/>; the clock then shows <paramref name="at"/>.</summary>
    public void RunUntil(Instant at)
    {
        using var run = new RunScope(this);
        while (RunInbox() || (_calendar.First is { } next && next.At <= at && RunNext()))
        {
        }

        Now = Instant.Max(Now, at);
    }

    /// <summary>Runs events until none is left or the next lies behind <paramref name="latest"/>.</summary>
    /// <returns>True when nothing is scheduled any more.</returns>
    public bool RunUntilIdle(Instant latest)
    {
        using var run = new RunScope(this);
        while (RunInbox() || (_calendar.First is { } next && next.At <= latest && RunNext()))
        {
        }

        return _calendar.Count == 0;
    }

    /// <summary>Ends what lives as long as the simulation: hosts, and whatever was handed to <see cref="Own"/>.</summary>
    public void Dispose()
    {
        using (new RunScope(this))
        {
            foreach (Host host in _hosts)
                host.Dispose();
            foreach (IDisposable part in _owned)
                part.Dispose();
        }

        _posted.Dispose();
    }

    internal void Own(IDisposable part) => _owned.Add(part);

    // On its own, so that scheduling from the simulation's thread allocates no closure.
    private void PostSchedule(Instant at, Action work) => Post(() => Schedule(at, work));

    private void RunUntilDone(Task task)
    {
        Instant latest = Now + Settings.LongestRun;
        while (!task.IsCompleted)
        {
            if (RunInbox())
                continue;
            if (_calendar.First is not { } next)
                WaitForThoseOutside(task);
            else if (next.At > latest)
                throw Stuck($"the application still waits after {Settings.LongestRun} of virtual time");
            else
                RunNext();
        }
    }

    private bool RunInbox()
    {
        if (Volatile.Read(ref _inboxCount) == 0)
            return false;
        Action? work;
        lock (_inboxLock)
        {
            _inbox.TryDequeue(out work);
            Volatile.Write(ref _inboxCount, _inbox.Count);
        }

        work?.Invoke();
        return work is not null;
    }

    private bool RunNext()
    {
        Appointment next = _calendar.First!;
        if (next.At > Now)
        {
            Now = next.At;
            _eventsAtThisInstant = 0;
        }
        else if (++_eventsAtThisInstant > Settings.MostEventsPerInstant)
        {
            throw Stuck($"{Settings.MostEventsPerInstant} events have run at the same instant, the last of them '{next.What}'");
        }

        EventsRun++;
        _calendar.Remove(next);
        Action work = next.Work;
        if (next.IsOneShot)
            _spare.Push(next);
        work();
        return true;
    }

    // Nothing is scheduled: whoever still owes us something is on another thread.
    private void WaitForThoseOutside(Task task)
    {
        using var wake = new CancellationTokenSource();
        _ = task.ContinueWith(static (_, source) => ((CancellationTokenSource)source!).Cancel(), wake, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            // The semaphore may hold permits of posts that have run already: look at the inbox itself.
            while (Volatile.Read(ref _inboxCount) == 0)
            {
                if (!_posted.Wait(Settings.LongestRealWait, wake.Token) && !task.IsCompleted && Volatile.Read(ref _inboxCount) == 0)
                    throw Stuck($"nothing is scheduled, and nothing came from outside within {Settings.LongestRealWait.TotalSeconds} s of real time");
            }
        }
        catch (OperationCanceledException) when (task.IsCompleted)
        {
            // It was finished on another thread: that is what we waited for.
        }
    }

    private SimulationStuckException Stuck(string why)
    {
        var pending = _calendar.All.OrderBy(static a => a.At).ThenBy(static a => a.Order).Take(8)
            .Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.What} in {(a.At - Now).TotalSeconds:0.######} s")).ToList();
        string scheduled = pending.Count == 0 ? "no appointments" : $"{_calendar.Count} appointments ({string.Join("; ", pending)})";
        string hosts = _hosts.Count == 0 ? "no hosts" : "hosts " + string.Join(", ", _hosts.Select(static h => h.Name));
        return new SimulationStuckException($"The simulation is stuck at {Now} after {EventsRun} events: {why}. Pending: {scheduled}; {hosts}.");
    }

    // Continuations must run inline: no synchronisation context (a test runner's, say) while events run.
    private readonly ref struct RunScope
    {
        private readonly SynchronizationContext? _context;

        public RunScope(Simulator simulator)
        {
            _context = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            Volatile.Write(ref simulator._ownThread, Environment.CurrentManagedThreadId);
        }

        public void Dispose() => SynchronizationContext.SetSynchronizationContext(_context);
    }
}
