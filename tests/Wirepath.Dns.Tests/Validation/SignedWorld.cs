using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>
/// Signed zones without servers: the root, <c>example.</c>, <c>sub.example.</c> (signed) and <c>plain.example.</c> (not), whose DS and
/// DNSKEY answers a validator finds here. Tests bend single answers.
/// </summary>
internal sealed class SignedWorld : IChainSource, IDisposable
{
    private readonly Dictionary<DomainName, Signer> _signers = [];
    private readonly Dictionary<DnsQuestion, Func<IReadOnlyCollection<IpAddress>?, ResolvedMessage>> _bent = [];

    public SignedWorld()
    {
        foreach (string zone in (string[])[".", "example.", "sub.example."])
            _signers.Add(DomainName.Parse(zone), new Signer(zone));
    }

    public FakeTime Time { get; } = new();

    public EventLog Log { get; } = new();

    public ResolverSettings Settings { get; set; } = new();

    public QueryBudget Ledger { get; private set; } = null!;

    /// <summary>What was asked for, in order: <c>example. DS</c>.</summary>
    public List<string> Asked { get; } = [];

    public Signer this[string zone] => _signers[DomainName.Parse(zone)];

    public Validator Validator(TrustAnchors? anchors = null)
    {
        if (anchors is null)
        {
            anchors = new TrustAnchors();
            anchors.TryAdd(this["."].DsRecord()).ShouldBeTrue();
        }

        return new Validator(Settings, anchors, Time, Log.For("resolver", Time));
    }

    /// <summary>Answers a question otherwise than the zones would; the argument says whom to avoid.</summary>
    public void Bend(string question, Func<IReadOnlyCollection<IpAddress>?, ResolvedMessage> answer) => _bent[Question(question)] = answer;

    /// <summary>A message for a question, <c>www.example. A</c>: each section line by line, each set signed by the zone given first.</summary>
    public ResolvedMessage Message(string question, DnsRcode rcode = DnsRcode.NoError, string answers = "", string authorities = "", string additionals = "")
    {
        return new ResolvedMessage(Question(question), rcode)
        {
            Answers = Section(answers),
            Authorities = Section(authorities),
            Additionals = Section(additionals),
            Sources = { IpAddress.Parse("192.0.2.53") },
        };
    }

    /// <summary>
    /// Lines <c>[signer|] record</c>: records of one set follow each other; without a signer the set is not signed.
    /// <c>[example. *]</c> signs as the wildcard of the owner's parent.
    /// </summary>
    public List<Rrset> Section(string text)
    {
        var sets = new List<Rrset>();
        foreach (string raw in text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0))
        {
            string[] parts = raw.StartsWith('[') ? raw[1..].Split(']', 2) : ["", raw];
            DnsRecord record = SignedText.Record(parts[1].Trim());
            if (sets.Count > 0 && sets[^1].Records[0].IsSameSet(record))
            {
                sets[^1] = Signed(new Rrset([.. sets[^1].Records, record], [], record.Ttl), parts[0]);
                continue;
            }

            sets.Add(Signed(new Rrset([record], [], record.Ttl), parts[0]));
        }

        return sets;
    }

    public ResolvedMessage Validate(ResolvedMessage message, Validator? validator = null)
    {
        Ledger = new QueryBudget(Settings, Instant.FromDateTimeOffset(Time.Now));
        Time.Run(Done((validator ?? Validator()).ValidateAsync(message, new ValidationContext(this, Ledger, EventId.None, CancellationToken.None))));
        return message;
    }

    public ValueTask<ResolvedMessage> FindAsync(
        DnsQuestion question, IReadOnlyCollection<IpAddress>? avoid, QueryBudget ledger, EventId because, CancellationToken ct)
    {
        Asked.Add($"{question.Name} {DnsMnemonic.Of(question.Type)}");
        if (_bent.TryGetValue(question, out Func<IReadOnlyCollection<IpAddress>?, ResolvedMessage>? bent))
            return ValueTask.FromResult(bent(avoid));
        return ValueTask.FromResult(Straight(question));
    }

    /// <summary>What the zones say themselves.</summary>
    public ResolvedMessage Straight(DnsQuestion question)
    {
        string name = question.Name.ToString();
        if (_signers.TryGetValue(question.Name, out Signer? signer))
        {
            Signer by = question.Type == DnsType.DNSKEY ? signer : _signers[Above(question.Name)];
            DnsRecord record = question.Type == DnsType.DNSKEY ? signer.KeyRecord : signer.DsRecord();
            return new ResolvedMessage(question, DnsRcode.NoError) { Answers = { by.Signed(new Rrset([record], [], 3600), Time.Now) }, Sources = { IpAddress.Parse("192.0.2.1") } };
        }

        // Below example. there is plain.example., unsigned; everything else is just a name.
        string zone = Above(question.Name).ToString();
        string types = name == "plain.example." ? "NS RRSIG NSEC" : "A RRSIG NSEC";
        return Message($"{name} DS", authorities: $"[{zone}] {name} NSEC {(name.StartsWith('*') ? "" : "\\000.")}{name} {types}");
    }

    public void Dispose()
    {
        foreach (Signer signer in _signers.Values)
            signer.Dispose();
    }

    private DomainName Above(DomainName name)
    {
        DomainName at = name.Parent;
        while (!_signers.ContainsKey(at))
            at = at.Parent;
        return at;
    }

    private Rrset Signed(Rrset set, string signer)
    {
        if (signer.Length == 0)
            return set;
        string[] words = signer.Split(' ');
        Signer by = this[words[0]];
        return words.Length == 1
            ? by.Signed(set, Time.Now)
            : by.Signed(set, Time.Now, rrsig => rrsig with { Labels = (byte)int.Parse(words[1]) });
    }

    private static DnsQuestion Question(string text)
    {
        string[] words = text.Split(' ');
        DnsMnemonic.TryParseType(words[1], out DnsType type).ShouldBeTrue(text);
        return new DnsQuestion(DomainName.Parse(words[0]), type);
    }

    private static async ValueTask<bool> Done(ValueTask work)
    {
        await work;
        return true;
    }
}
