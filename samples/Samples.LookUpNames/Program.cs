// Names are looked up as an application does it, in the embedded internet.
//
// Shown: DnsClient over the resolver of a PC, addresses of both families, typed records with TTL, who gave a record and
// why it is believed (here the provider's resolver is asked, which validates), failures as values, and cancellation.
//
//     dotnet run --project samples/Samples.LookUpNames

using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Simulation;
using Wirepath.Wire;

using var simulator = new Simulator(42, Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 9, 0, 0, TimeSpan.Zero)), new EventLog());
var internet = EmbeddedInternet.Create(simulator);

// On a machine: new DnsClient(new StubResolver(settings, transport, …), settings), with settings read from resolv.conf.
var client = new DnsClient(internet.Names, internet.Names.Stub.Settings);
var resolver = new DnsClient(internet.IspResolver);

return simulator.Run(async () =>
{
    Resolved<IpAddress> addresses = await client.ResolveAddressesAsync("www.example.com");
    foreach (ResolvedRecord<IpAddress> address in addresses.EnsureSucceeded().Records)
        Console.WriteLine($"{address.Name} has {address.Data} for {address.Ttl} s, says {address.Origin?.Source?.Server}");

    Resolved<MxData> mail = await client.ResolveAsync(RecordKind.Mx, "example.com");
    foreach (ResolvedRecord<MxData> server in mail.Records.OrderBy(m => m.Data.Preference))
        Console.WriteLine($"mail for example.com goes to {server.Data.Exchange}");

    Resolved<SvcbData> services = await client.ResolveAsync(RecordKind.Https, "service.example.com");
    foreach (ResolvedRecord<SvcbData> service in services.Records)
        Console.WriteLine($"service.example.com is at {service.Data.Target}{(service.Data.TryGetPort(out ushort port) ? $" port {port}" : "")}");

    NameAnswer known = await resolver.QueryAsync("www.example.com.", DnsType.A);
    foreach (SetProvenance set in known.Sets)
        Console.WriteLine($"{set.Name} came from {set.Source?.Server}, server of {set.Source?.Zone}: {set.Security}, by way of {string.Join(" ", set.Chain.Select(step => step.Zone))}");

    Resolved<IpAddress> missing = await client.ResolveAddressesAsync("nosuch.example.com");
    Console.WriteLine($"nosuch.example.com: {missing.Failure} ({missing.Explanation})");

    using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(10), simulator.Time);
    try
    {
        await client.ResolveAddressesAsync("www.silent.example.org", impatient.Token);
        return 1;
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine("www.silent.example.org: not waited for");
    }

    return addresses.Succeeded && mail.Succeeded && services.Succeeded && known.Succeeded && !missing.Succeeded ? 0 : 1;
});
