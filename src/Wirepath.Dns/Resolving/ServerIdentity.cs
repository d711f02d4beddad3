using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Which server this is: questions of class CH for names that every server has (RFC 4892), NSID (RFC 5001), cookies (RFC 7873).</summary>
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
        if (settings.Nsid.IsEmpty || query.Edns is null || !query.Edns.TryGetOption(EdnsOptionCode.Nsid, out _))
            return;
        AddOption(query, reply, new EdnsOption(EdnsOptionCode.Nsid, settings.Nsid), settings);
    }

    public static void AddOption(DnsMessage query, DnsMessage reply, EdnsOption option, ResolverSettings settings)
    {
        Edns edns = reply.Edns ?? new Edns(settings.EdnsSize, query.Edns is { DnssecOk: true });
        reply.Edns = edns with { Options = [.. edns.Options, option] };
    }

    /// <summary>What a client gets that could be anybody (RFC 7873 §5.2.3): a cookie to come back with, or the way to TCP.</summary>
    public static DnsMessage WithoutCookie(DnsMessage query, CookieState state)
    {
        if (state == CookieState.Unproven)
            return query.CreateResponse(DnsRcode.BadCookie);
        DnsMessage reply = query.CreateResponse(DnsRcode.Refused);
        reply.IsTruncated = true;
        return reply;
    }
}
