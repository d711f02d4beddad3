// A page is fetched in the embedded internet, in virtual time, and the run is judged as a test would judge it.
//
// Shown: a simulator from one seed, the embedded internet on it, a fault on one link, the fetcher, and what the log of
// events says afterwards: that the page is whole, how often something was sent again and why, that the phases sum exactly to the
// whole, and that the same seed gives the same run. No real time passes but the program's own.
//
//     dotnet run --project samples/Samples.FetchInVirtualTime
//
// Exit code 0 when every statement holds, 1 otherwise.

using Samples.FetchInVirtualTime;
using Wirepath.Events;
using Wirepath.Explain;
using Wirepath.Http;
using Wirepath.Simulation;
using Wirepath.Wire;

Run first = Fetch(seed: 7);
Run again = Fetch(seed: 7);
Run other = Fetch(seed: 8);
Navigation navigation = first.Journey.Navigations[0];

Console.WriteLine($"{first.Result.Summary}");
foreach (Phase phase in navigation.Phases)
    Console.WriteLine($"  {phase.Kind,-10} {phase.Duration.TotalMilliseconds,8:0.0} ms");
Console.WriteLine($"  {"in all",-10} {navigation.Elapsed.TotalMilliseconds,8:0.0} ms");
foreach (Event e in first.Events)
{
    if (e.What is Retransmitted repeated)
        Console.WriteLine($"  {e.Node} sent {repeated.Length:N0} bytes again from {repeated.RelativeSequence:N0}: {repeated.Why}");
}

bool holds = true;
Check("the page is whole: 43,800 bytes", first.Body.Length == 43_800);
Check("the losses cost a retransmission", first.Events.Any(e => e.What is Retransmitted));
Check("the phases sum exactly to the whole", navigation.Phases.Sum(p => p.Duration.Ticks) == navigation.Elapsed.Ticks);
Check("the same seed gives the same events", first.Events.Select(Told).SequenceEqual(again.Events.Select(Told)));
Check("another seed gives others", !first.Events.Select(Told).SequenceEqual(other.Events.Select(Told)));
Check("and the same page", first.Body.AsSpan().SequenceEqual(other.Body));
return holds ? 0 : 1;

static Run Fetch(ulong seed)
{
    var recorder = new EventRecorder();
    var log = new EventLog();
    log.Subscribe(recorder);
    using var simulator = new Simulator(seed, Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 9, 0, 0, TimeSpan.Zero)), log);
    var internet = EmbeddedInternet.Create(simulator);
    internet.Links["access"].Configure(settings => settings with { Loss = 0.03 });
    var body = new MemoryStream();
    FetchResult result = simulator.Run(async () =>
    {
        await using var fetcher = new Fetcher(internet.Pc, internet.Names, new FetchSettings { TrustedRoots = static () => EmbeddedInternet.TrustedRoots });
        return await fetcher.GetAsync("http://www.example.com/long", body);
    });
    // What is still under way, such as the last ACKs of the close, belongs to the story.
    simulator.RunUntilIdle(simulator.Now + TimeSpan.FromMinutes(2));
    return new Run(result, body.ToArray(), recorder.Events, Journey.From(recorder.Events, internet.Pc.Name));
}

// Names the moment, the place and the kind of an event: enough to tell two runs apart.
static string Told(Event e) => $"{e.Id} {e.At} {e.Node} {e.What.GetType().Name} because of {e.Cause}";

void Check(string statement, bool isTrue)
{
    holds &= isTrue;
    Console.WriteLine($"{(isTrue ? "yes" : "NO ")}  {statement}");
}
