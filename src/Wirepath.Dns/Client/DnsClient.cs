using System.Globalization;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Look-ups for an application, over any resolver: a stub, the ladder of a PC, or a recursive resolver of its own. Names
/// are taken as a person types them: with the search list and <c>ndots</c>, unless they end with a dot. Any thread.
/// </summary>
/// <remarks>
/// A cancelled caller stops waiting at once. Who asks the same at the same time shares one look-up, which goes on when one
/// of them gives up. EDNS Client Subnet (RFC 7871) is never sent: nobody's address is told to servers that need not know it.
/// </remarks>
public sealed class DnsClient
{
    private readonly INameResolver _names;
    private readonly StubSettings _settings;
    private readonly Func<IpAddress, IpAddress>? _sourceOf;
    private readonly Coalescer<(DomainName, DnsType), NameAnswer> _coalescer = new();

    /// <param name="names">Who finds names.</param>
    /// <param name="settings">Search list and ndots, as <c>resolv.conf</c> says them; null: absolute names alone.</param>
    /// <param name="sourceOf">
    /// The host's own address for a destination, <see cref="IpAddress.None"/> when there is no way there: addresses are then sorted
    /// by RFC 6724. Null: IPv6 first, each family in the order of its answer.
    /// </param>
    public DnsClient(INameResolver names, StubSettings? settings = null, Func<IpAddress, IpAddress>? sourceOf = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        _names = names;
        _settings = settings ?? new StubSettings();
        _sourceOf = sourceOf;
    }

    /// <summary>Look-ups that found the same one already on its way, and shared it.</summary>
    public long Shared => _coalescer.Joined;

    /// <summary>IPv4 and IPv6 addresses of a host, asked for side by side, best first. A text that is an address is its own answer.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<Resolved<IpAddress>> ResolveAddressesAsync(string host, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ct.ThrowIfCancellationRequested();
        if (IpAddress.TryParse(host, out IpAddress literal))
            return Literal(host, literal);
        List<NameAnswer> first = [];
        foreach (DomainName candidate in _settings.Candidates(host))
        {
            ValueTask<NameAnswer> v6 = AskAsync(candidate, DnsType.AAAA, ct);
            ValueTask<NameAnswer> v4 = AskAsync(candidate, DnsType.A, ct);
            NameAnswer[] both = await BothAsync(v6, v4).ConfigureAwait(false);
            if (!Array.TrueForAll(both, answer => answer.Failure == NameFailure.NoSuchName))
                return Addresses(host, both);
            if (first.Count == 0)
                first.AddRange(both);
        }

        return first.Count > 0 ? Addresses(host, first) : new Resolved<IpAddress>(host, [BadName(host, DnsType.A)], []);
    }

    /// <summary>Records of one kind: <c>ResolveAsync(RecordKind.Mx, "example.com")</c>.</summary>
    /// <returns>Values that can be read; a record whose data are malformed is left out.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<Resolved<T>> ResolveAsync<T>(RecordKind<T> kind, string name, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(kind);
        NameAnswer answer = await QueryAsync(name, kind.Type, ct).ConfigureAwait(false);
        return new Resolved<T>(name, [answer], Read(answer, kind));
    }

    /// <summary>The name of an address: PTR at its name in <c>in-addr.arpa.</c> or <c>ip6.arpa.</c> (RFC 1035 §3.5, RFC 3596 §2.5).</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<Resolved<DomainName>> ResolveNamesAsync(IpAddress address, CancellationToken ct = default) =>
        ResolveAsync(RecordKind.Ptr, ReverseName(address), ct);

    /// <summary>The answer as it is, aliases and all, of any type.</summary>
    /// <returns>That of the first candidate of the search list that exists; of the first one when none does.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<NameAnswer> QueryAsync(string name, DnsType type, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ct.ThrowIfCancellationRequested();
        NameAnswer? first = null;
        foreach (DomainName candidate in _settings.Candidates(name))
        {
            NameAnswer answer = await AskAsync(candidate, type, ct).ConfigureAwait(false);
            if (answer.Failure != NameFailure.NoSuchName)
                return answer;
            first ??= answer;
        }

        return first ?? BadName(name, type);
    }

    private ValueTask<NameAnswer> AskAsync(DomainName name, DnsType type, CancellationToken ct) =>
        _coalescer.RunAsync((name, type), Instant.Epoch, _ => _names.ResolveAsync(name, type, CancellationToken.None), ct);

    // Both are awaited, whatever becomes of the first: a task that nobody looks at would keep its exception to itself.
    private static async ValueTask<NameAnswer[]> BothAsync(ValueTask<NameAnswer> one, ValueTask<NameAnswer> other)
    {
        NameAnswer first;
        try
        {
            first = await one.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await ((Task)other.AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return [first, await other.ConfigureAwait(false)];
    }

    private Resolved<IpAddress> Addresses(string host, IReadOnlyList<NameAnswer> answers)
    {
        List<ResolvedRecord<IpAddress>> records = [.. answers.SelectMany(answer => Read(answer, answer.Type == DnsType.A ? RecordKind.A : RecordKind.Aaaa))];
        if (_sourceOf is not null)
        {
            IReadOnlyList<IpAddress> sorted = AddressSelection.Sort(records.ConvertAll(record => record.Data), _sourceOf);
            records = [.. sorted.Select(address => records.Find(record => record.Data == address))];
        }

        return new Resolved<IpAddress>(host, answers, records);
    }

    private static List<ResolvedRecord<T>> Read<T>(NameAnswer answer, RecordKind<T> kind)
    {
        var records = new List<ResolvedRecord<T>>();
        if (!answer.Succeeded)
            return records;
        foreach (DnsRecord record in answer.Records)
        {
            if (record.Type != kind.Type || !kind.Reader(record, out T data))
                continue;
            SetProvenance? origin = answer.Sets.FirstOrDefault(set => set.Type == record.Type && set.Name == record.Name);
            records.Add(new ResolvedRecord<T>(record.Name, data, (int)Math.Min(record.Ttl, int.MaxValue), origin));
        }

        return records;
    }

    private static Resolved<IpAddress> Literal(string host, IpAddress address)
    {
        var answer = new NameAnswer(DomainName.Root, address.IsV4 ? DnsType.A : DnsType.AAAA, NameFailure.None, [], NameLevel.Literal, "");
        return new Resolved<IpAddress>(host, [answer], [new ResolvedRecord<IpAddress>(DomainName.Root, address, 0, null)]);
    }

    private static NameAnswer BadName(string text, DnsType type) =>
        new(DomainName.Root, type, NameFailure.BadName, [], NameLevel.Literal, $"'{text}' is not a domain name");

    private static string ReverseName(IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.Write(bytes);
        var name = new System.Text.StringBuilder();
        for (int i = address.Size - 1; i >= 0; i--)
        {
            if (address.IsV4)
                name.Append(CultureInfo.InvariantCulture, $"{bytes[i]}.");
            else
                name.Append(CultureInfo.InvariantCulture, $"{bytes[i] & 15:x}.{bytes[i] >> 4:x}.");
        }

        return name.Append(address.IsV4 ? "in-addr.arpa." : "ip6.arpa.").ToString();
    }
}
