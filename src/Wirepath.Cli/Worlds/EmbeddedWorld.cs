using System.Security.Cryptography.X509Certificates;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Explain;
using Wirepath.Simulation;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Cli;

/// <summary>The embedded internet in virtual time: one thread, one seed, the same bytes each time.</summary>
internal sealed class EmbeddedWorld : World
{
    private const ulong UsualSeed = 42;

    // A fixed calendar, so that a run does not depend on the day: captures, dates in headers and certificates agree.
    private static readonly Instant s_start = Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 9, 0, 0, TimeSpan.Zero));

    // Long enough for the last retransmission of a FIN on a bad link. TIME-WAIT is not waited for: it would outlast the
    // minute for which the browser's cache keeps a name, and the next visit would not find it.
    private static readonly TimeSpan s_settle = TimeSpan.FromMinutes(2);
    // Real time. A cancelled Task.Delay may go on on a thread of the pool, and virtual time must not run away from it.
    private static readonly TimeSpan s_stopping = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);

    private readonly Simulator _simulator;
    private readonly EmbeddedInternet _internet;
    private readonly ulong _seed;

    private EmbeddedWorld(NetworkChoice choice, EventLog log)
        : base(log)
    {
        _seed = choice.Seed ?? UsualSeed;
        _simulator = new Simulator(_seed, s_start, log);
        var links = new Dictionary<string, Func<LinkSettings, LinkSettings>>();
        if (choice.Knobs.Any || choice.Knobs.Link != LinkKnobs.DefaultLink)
            links[choice.Knobs.Link] = settings => Turn(settings, choice.Knobs);
        _internet = EmbeddedInternet.Create(_simulator, new EmbeddedInternetOptions { Pc = choice.Settings, Links = links });
    }

    public override Host Host => _internet.Pc;

    public override INameResolver Names => _internet.Names;

    // The PC asks its router as always; then the provider's resolver is asked what it knows, not over the network but as an
    // object: no packet more, and what is shown is what really happened.
    public override async Task<(NameAnswer Answer, Traced Traced)> TraceAsync(DomainName name, DnsType type, CancellationToken ct)
    {
        NameAnswer answer = await Names.ResolveAsync(name, type, ct).ConfigureAwait(false);
        if (answer.AnsweredBy == NameLevel.HostsFile)
            return (answer, new Traced(Host.Name, answer));
        _internet.IspResolver.TryRecall(name, type, out NameAnswer? known);
        return (answer, new Traced("isp-resolver", known));
    }

    public override string Title(CommandWords words) => words.EmbeddedInternet(_seed);

    // Made on first use: most runs need no certificate, and its keys take time.
    public override Func<X509Certificate2Collection> TrustedRoots => static () => EmbeddedInternet.TrustedRoots;

    /// <exception cref="UnknownLinkException">The knobs are for a link that is not there.</exception>
    public static EmbeddedWorld Create(NetworkChoice choice, EventLog log) =>
        EmbeddedInternet.LinkNames.Contains(choice.Knobs.Link) ? new EmbeddedWorld(choice, log) : throw new UnknownLinkException(choice.Knobs.Link, EmbeddedInternet.LinkNames);

    public override T Run<T>(Func<CancellationToken, Task<T>> work, CancellationToken interrupted)
    {
        // Closing is waited for where it is told; where nobody listens, the log stays off.
        using var stop = new CancellationTokenSource();
        // The signal arrives on a thread of its own; the simulation hears of it on its own thread.
        Task<T>? working = null;
        using CancellationTokenRegistration hears = interrupted.Register(() => _simulator.Post(() =>
        {
            stop.Cancel();
            SpinWait.SpinUntil(() => working is { IsCompleted: true }, s_stopping);
        }));
        return _simulator.Run(() => working = work(stop.Token));
    }

    public override void Settle()
    {
        Instant latest = _simulator.Now + s_settle;
        while (Connections is { Any: true } && _simulator.Now < latest)
            _simulator.RunUntil(_simulator.Now + s_look);
    }

    public override void Dispose()
    {
        Connections?.Dispose();
        _simulator.Dispose();
    }

    /// <summary>Links and sites, for people.</summary>
    public static void Describe(TextWriter writer)
    {
        writer.WriteLine($"links (--link NAME; {EmbeddedInternet.DefaultLink} when none is named):");
        foreach (string link in EmbeddedInternet.LinkNames)
            writer.WriteLine("  " + link);
        writer.WriteLine();
        writer.WriteLine("sites:");
        foreach (EmbeddedSite site in EmbeddedInternet.Sites)
            writer.WriteLine($"  {Columns.PadRight(site.Url, 44)} {site.Purpose}");
    }

    private static LinkSettings Turn(LinkSettings settings, LinkKnobs knobs) => settings with
    {
        Loss = knobs.Loss ?? settings.Loss,
        Delay = knobs.Delay ?? settings.Delay,
        Jitter = knobs.Jitter ?? settings.Jitter,
        Bandwidth = knobs.Bandwidth ?? settings.Bandwidth,
        QueueBytes = knobs.Queue ?? settings.QueueBytes,
        Reorder = knobs.Reorder ?? settings.Reorder,
        Duplicate = knobs.Duplicate ?? settings.Duplicate,
        Corrupt = knobs.Corrupt ?? settings.Corrupt,
        Mtu = knobs.Mtu ?? settings.Mtu,
    };
}
