using System.Text;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation.Tests;

/// <summary>An embedded internet with everything it wrote down.</summary>
internal sealed class World : IDisposable
{
    public World(ulong seed = 42, EmbeddedInternetOptions? options = null)
    {
        Log.Subscribe(Recorder);
        Simulator = new Simulator(seed, Bench.Start, Log);
        Internet = EmbeddedInternet.Create(Simulator, options);
    }

    public EventLog Log { get; } = new();

    public EventRecorder Recorder { get; } = new();

    public Simulator Simulator { get; }

    public EmbeddedInternet Internet { get; }

    public Host Pc => Internet.Pc;

    public static EmbeddedInternetOptions With(string link, Func<LinkSettings, LinkSettings> change) =>
        new() { Links = new Dictionary<string, Func<LinkSettings, LinkSettings>> { [link] = change } };

    public IEnumerable<T> All<T>()
        where T : Happening => Recorder.Events.Select(e => e.What).OfType<T>();

    public IEnumerable<(Event Event, T What)> AllAt<T>(string node)
        where T : Happening => Recorder.Events.Where(e => e.Node == node && e.What is T).Select(e => (e, (T)e.What));

    public NameAnswer Resolve(string name, DnsType type = DnsType.A) => Simulator.Run(() => Internet.Names.ResolveAsync(DomainName.Parse(name), type).AsTask());

    /// <summary>Head and body of the answer to a GET, by hand: one connection, closed afterwards.</summary>
    public (string Head, byte[] Body) Get(string host, string target) => Simulator.Run(async () =>
    {
        NameAnswer answer = await Internet.Names.ResolveAsync(DomainName.Parse(host), DnsType.A).ConfigureAwait(false);
        answer.Succeeded.ShouldBeTrue(answer.Explanation);
        await using TcpStream stream = await Pc.ConnectAsync(new IpEndpoint(answer.Addresses[0], 80)).ConfigureAwait(false);
        return await ExchangeAsync(stream, host, target).ConfigureAwait(false);
    });

    public static async Task<(string Head, byte[] Body)> ExchangeAsync(Stream stream, string host, string target)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).ConfigureAwait(false);
        var all = new MemoryStream();
        byte[] buffer = new byte[16384];
        int count;
        while ((count = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            all.Write(buffer, 0, count);
        byte[] bytes = all.ToArray();
        int end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        end.ShouldBeGreaterThan(0);
        return (Encoding.ASCII.GetString(bytes, 0, end), bytes[(end + 4)..]);
    }

    public void Dispose() => Simulator.Dispose();
}
