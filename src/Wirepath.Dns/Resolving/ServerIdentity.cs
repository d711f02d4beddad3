using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Which server this is (RFC 4892): questions of class CH for names that every server has.</summary>
internal static class ServerIdentity
{
    private static readonly DomainName[] s_identity = [DomainName.Parse("id.server."), DomainName.Parse("hostname.bind.")];
    private static readonly DomainName[] s_version = [DomainName.Parse("version.server."), DomainName.Parse("version.bind.")];

    /// <summary>The answer; null when it is not asked for, or nobody is to know.</summary>
    public static DnsMessage? Answer(DnsMessage query, ResolverSettings settings)
    {
        if (query.Opcode != DnsOpcode.Query || query.Questions is not [{ Class: DnsClass.CH, Type: DnsType.TXT or DnsType.ANY } question])
            return null;
        string? text = s_identity.Contains(question.Name) ? settings.Identity : s_version.Contains(question.Name) ? settings.Version : null;
        if (text is null)
            return null;
        DnsMessage reply = query.CreateResponse();
        reply.Answers.Add(DnsRecord.ForTxt(question.Name, 0, text) with { Class = DnsClass.CH });
        return reply;
    }

    /// <summary>Names the server to a client that asks with NSID (RFC 5001 §2.1).</summary>
    public static void AddNsid(DnsMessage query, DnsMessage reply, ResolverSettings settings)
    {
        if (settings.Nsid.IsEmpty || query.Edns is not { } asked || !asked.TryGetOption(EdnsOptionCode.Nsid, out _))
            return;
        Edns edns = reply.Edns ?? new Edns(settings.EdnsSize, asked.DnssecOk);
        reply.Edns = edns with { Options = [.. edns.Options, new EdnsOption(EdnsOptionCode.Nsid, settings.Nsid)] };
    }
}
