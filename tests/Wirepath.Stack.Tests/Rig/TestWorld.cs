using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack.Tests;

/// <summary>A few hosts and cables in virtual time: the clock stands still while anybody has work, then jumps to the next thing due.</summary>
internal sealed class TestWorld : IDisposable
{
    private readonly PriorityQueue<(TestDevice To, Packet Frame), (Instant At, long Order)> _flying = new();
    private readonly List<Entry> _hosts = [];
    private readonly EventRecorder _recorder = new();
    private readonly Clock _clock;
    private long _order;

    public TestWorld(ulong seed = 1, bool logged = true)
    {
        _clock = new Clock(this);
        Random = new RandomSource(seed);
        Log = logged ? new EventLog() : EventLog.Silent;
        if (logged)
            Log.Subscribe(_recorder);
    }

    private sealed class Entry
    {
        public required Host Host;
        public Instant Next;
        public bool HasWork = true;
    }

    private sealed class Clock(TestWorld world) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => world.Now.ToDateTimeOffset();
    }

    public Instant Now { get; private set; } = Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public RandomSource Random { get; }

    public EventLog Log { get; }

    public IReadOnlyList<Event> Events => _recorder.Events;

    public Event? Find(EventId id) => _recorder.Find(id);

    public IEnumerable<T> Happened<T>(string? node = null)
        where T : Happening => Events.Where(e => node is null || e.Node == node).Select(e => e.What).OfType<T>();

    public Host AddHost(string name, HostSettings? settings = null)
    {
        var host = new Host(name, settings ?? HostSettings.Default, _clock, Random.Fork(name), Log) { CompleteInline = true };
        var entry = new Entry { Host = host };
        host.WorkArrived = () => entry.HasWork = true;
        _hosts.Add(entry);
        return host;
    }

    /// <summary>Connects two hosts by a cable and gives each its address, such as 10.0.0.1/24.</summary>
    public TestCable Connect(Host left, string leftAddress, Host right, string rightAddress, int mtu = 1500)
    {
        var cable = new TestCable(this, mtu, _order++);
        cable.LeftInterface = left.AddInterface(cable.Left, "eth" + (left.Interfaces.Count - 1));
        cable.RightInterface = right.AddInterface(cable.Right, "eth" + (right.Interfaces.Count - 1));
        if (leftAddress.Length > 0)
            cable.LeftInterface.AddAddress(Address(leftAddress));
        if (rightAddress.Length > 0)
            cable.RightInterface.AddAddress(Address(rightAddress));
        return cable;
    }

    public static InterfaceAddress Address(string text) => InterfaceAddress.TryParse(text, out InterfaceAddress address) ? address : throw new FormatException(text);

    public static IpAddress Ip(string text) => IpAddress.Parse(text);

    public static IpEndpoint Endpoint(string text) => IpEndpoint.TryParse(text, out IpEndpoint endpoint) ? endpoint : throw new FormatException(text);

    internal void Fly(TestDevice to, Packet frame, Instant at) => _flying.Enqueue((to, frame), (at, _order++));

    public T Run<T>(Func<Task<T>> application)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Task<T> task = application();
            while (!task.IsCompleted)
            {
                if (!Step(Instant.Never))
                    throw new InvalidOperationException("Nothing is due any more, and the application still waits.");
            }

            return task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    public void Run(Func<Task> application) => Run(async () =>
    {
        await application();
        return 0;
    });

    public void RunFor(TimeSpan span)
    {
        Instant end = Now + span;
        while (Step(end))
        {
        }

        Now = end;
    }

    /// <summary>Does what is due now, or jumps to the next instant at which something is, up to <paramref name="latest"/>.</summary>
    public bool Step(Instant latest)
    {
        bool any = false;
        while (_flying.TryPeek(out _, out (Instant At, long _) next) && next.At <= Now)
        {
            (TestDevice to, Packet frame) = _flying.Dequeue();
            to.Arrive(frame);
            any = true;
        }

        foreach (Entry entry in _hosts)
        {
            if (!entry.HasWork && entry.Next > Now)
                continue;
            entry.HasWork = false;
            entry.Next = entry.Host.Poll(Now);
            any = true;
        }

        if (any)
            return true;
        Instant due = _flying.TryPeek(out _, out (Instant At, long _) flying) ? flying.At : Instant.Never;
        foreach (Entry entry in _hosts)
            due = Instant.Min(due, entry.Next);
        if (due.IsNever || due > latest)
            return false;
        Now = due;
        return true;
    }

    public void Dispose()
    {
        foreach (Entry entry in _hosts)
            entry.Host.Dispose();
        while (_flying.TryDequeue(out (TestDevice To, Packet Frame) flying, out _))
            flying.Frame.Dispose();
    }
}
