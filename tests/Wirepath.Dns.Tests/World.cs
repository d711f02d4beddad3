using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>A clock that stands until it is moved, and whose timers fire when it passes them.</summary>
internal sealed class FakeTime : TimeProvider
{
    private readonly List<FakeTimer> _timers = [];

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on, timers firing at their own times.</summary>
    public void Advance(TimeSpan span)
    {
        DateTimeOffset until = Now + span;
        while (FireNext(until))
        {
        }

        Now = until;
    }

    /// <summary>Moves from timer to timer until the task is done.</summary>
    public T Run<T>(ValueTask<T> work)
    {
        while (!work.IsCompleted)
            FireNext(DateTimeOffset.MaxValue).ShouldBeTrue("the work waits for something that no timer brings");
        return work.GetAwaiter().GetResult();
    }

    private bool FireNext(DateTimeOffset until)
    {
        FakeTimer? next = _timers.MinBy(t => t.Due);
        if (next is null || next.Due > until)
            return false;
        _timers.Remove(next);
        Now = next.Due;
        next.Fire();
        return true;
    }

    private sealed class FakeTimer(FakeTime time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time._timers.Remove(this);
            if (dueTime == Timeout.InfiniteTimeSpan)
                return true;
            Due = time.Now + dueTime;
            time._timers.Add(this);
            return true;
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

internal sealed record Sent(string Server, string Question, bool OverTcp, bool Edns, DateTimeOffset At);

/// <summary>An Internet of DNS servers without a network: each address is a responder, a script, or silence.</summary>
internal sealed class World : IDnsTransport
{
    private readonly Dictionary<IpAddress, Func<DnsMessage, bool, DnsMessage?>> _servers = [];
    private readonly Dictionary<IpAddress, TimeSpan> _delays = [];

    public World()
    {
        SynchronizationContext.SetSynchronizationContext(null); // continuations run where they are completed
        Events.Subscribe(Recorder);
        Log = Events.For("node", Time);
    }

    public FakeTime Time { get; } = new();

    public EventLog Events { get; } = new();

    public EventRecorder Recorder { get; } = new();

    public NodeLog Log { get; }

    /// <summary>Every query that went out, in order: <c>www.example.com. A</c>.</summary>
    public List<Sent> Sent { get; } = [];

    public IEnumerable<string> Asked => Sent.Select(s => $"{s.Server} {s.Question}{(s.OverTcp ? " tcp" : "")}");

    public IEnumerable<T> Written<T>()
        where T : Happening => Recorder.Events.Select(e => e.What).OfType<T>();

    public static DomainName Name(string text) => DomainName.Parse(text);

    public static DnsRecord Record(string line) => ZoneFile.TryReadRecords(line, "test", null, out List<PlacedRecord> records, out TextError error)
        ? records.ShouldHaveSingleItem().Record
        : throw new FormatException(error.ToString());

    public static DnsRecord[] Records(params string[] lines) => Array.ConvertAll(lines, Record);

    /// <summary>An authoritative server with these zones.</summary>
    public World Serve(string address, params string[] zones)
    {
        var server = new AuthoritativeServer(new ZoneSet(zones.Select(z => ZoneFile.Parse(z, "zone"))), NodeLog.Silent);
        return Respond(address, server);
    }

    public World Respond(string address, IDnsResponder responder)
    {
        _servers[IpAddress.Parse(address)] = (query, overTcp) =>
        {
            byte[] room = new byte[DnsMessage.MaxSize];
            int length = responder.RespondAsync(query.ToArray(), room, default, overTcp, default).GetAwaiter().GetResult().Length;
            DnsMessage.TryRead(room.AsSpan(0, length), out DnsMessage reply).ShouldBeTrue();
            return reply;
        };
        return this;
    }

    /// <summary>A server by hand; null is silence.</summary>
    public World Script(string address, Func<DnsMessage, DnsMessage?> answer) => Script(address, (query, _) => answer(query));

    public World Script(string address, Func<DnsMessage, bool, DnsMessage?> answer)
    {
        _servers[IpAddress.Parse(address)] = answer;
        return this;
    }

    public World Silence(string address) => Script(address, _ => null);

    public World Delay(string address, int milliseconds)
    {
        _delays[IpAddress.Parse(address)] = TimeSpan.FromMilliseconds(milliseconds);
        return this;
    }

    public RecursiveResolver Resolver(ResolverSettings? settings = null, CacheSettings? cache = null, string root = "198.51.100.1") => new(
        RootHints.Of((Name("a.root.test"), IpAddress.Parse(root))), (settings ?? new ResolverSettings { Exploration = 0 }) with { PrimeRoot = false, UseMinimisation = false },
        new ResolverCache(cache ?? new CacheSettings()), this, Log, Time, new RandomSource(1));

    public NameAnswer Resolve(INameResolver resolver, string name, DnsType type = DnsType.A) => Time.Run(resolver.ResolveAsync(Name(name), type));

    /// <summary>Asks a responder over "UDP" and reads its reply.</summary>
    public DnsMessage Ask(IDnsResponder responder, DnsMessage query, bool overTcp = false)
    {
        byte[] room = new byte[DnsMessage.MaxSize];
        DnsResponse response = Time.Run(responder.RespondAsync(query.ToArray(), room, IpEndpointOf("192.168.1.10"), overTcp, default));
        DnsMessage.TryRead(room.AsSpan(0, response.Length), out DnsMessage reply).ShouldBeTrue();
        reply.Id.ShouldBe(query.Id);
        return reply;
    }

    public DnsMessage Ask(IDnsResponder responder, string name, DnsType type = DnsType.A) =>
        Ask(responder, DnsMessage.Query(7, new DnsQuestion(Name(name), type), recursionDesired: true));

    public static IpEndpoint IpEndpointOf(string address, ushort port = 53) => new(IpAddress.Parse(address), port);

    public async ValueTask<DnsReply> ExchangeAsync(IpEndpoint server, ReadOnlyMemory<byte> query, bool overTcp, TimeSpan timeout, CancellationToken ct)
    {
        DnsMessage.TryRead(query.Span, out DnsMessage message).ShouldBeTrue();
        DnsQuestion question = message.Questions[0];
        Sent.Add(new Sent(server.Address.ToString(), $"{question.Name} {question.Type}", overTcp, message.Edns is not null, Time.Now));
        DnsMessage? reply = _servers.TryGetValue(server.Address, out Func<DnsMessage, bool, DnsMessage?>? answer) ? answer(message, overTcp) : null;
        TimeSpan delay = _delays.GetValueOrDefault(server.Address, TimeSpan.FromMilliseconds(20));
        byte[] bytes = reply?.ToArray(overTcp ? DnsMessage.MaxSize : 1232) ?? [];
        if (reply is null || delay > timeout || !ReplyMatch.Accepts(query.Span, bytes))
        {
            await Task.Delay(timeout, Time, ct).ConfigureAwait(false);
            return DnsReply.TimedOut;
        }

        await Task.Delay(delay, Time, ct).ConfigureAwait(false);
        return DnsReply.Answered(bytes);
    }
}

/// <summary>Replies of servers that do as they please.</summary>
internal static class Replies
{
    public static DnsMessage Authoritative(this DnsMessage query, params string[] answers)
    {
        DnsMessage reply = query.CreateResponse();
        reply.IsAuthoritative = true;
        reply.Answers.AddRange(World.Records(answers));
        return reply;
    }

    public static DnsMessage Referral(this DnsMessage query, string[] nameservers, params string[] glue)
    {
        DnsMessage reply = query.CreateResponse();
        reply.Authorities.AddRange(World.Records(nameservers));
        reply.Additionals.AddRange(World.Records(glue));
        return reply;
    }
}
