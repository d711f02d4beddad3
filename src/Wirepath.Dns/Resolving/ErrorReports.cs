using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Telling the owner of a zone that its answers cannot be used (RFC 9567).</summary>
internal static class ErrorReports
{
    /// <summary>Who is to be told, as the zone's server says; null: nobody.</summary>
    public static DomainName? AgentOf(DnsMessage reply) =>
        reply.Edns is { } edns && edns.TryGetOption(EdnsOptionCode.ReportChannel, out EdnsOption option)
        && DomainName.TryRead(option.Data.Span, out DomainName agent) && agent.Size == option.Data.Length && !agent.IsRoot
            ? agent
            : null;

    /// <summary>The question that is the report: <c>_er.1.www.example.com.9._er.agent. TXT</c> (§6.1).</summary>
    /// <returns>Null when the name would be too long, or when the report itself could not be resolved: that is not reported.</returns>
    public static DnsQuestion? Of(ResolvedMessage found)
    {
        if (found.ReportAgent is not { } agent || found.Error is not { } error || found.Question.Name is { IsRoot: false } name && name.FirstLabel.SequenceEqual("_er"u8))
            return null;
        DomainName type = DomainName.Parse(string.Create(CultureInfo.InvariantCulture, $"_er.{(ushort)found.Question.Type}."));
        DomainName code = DomainName.Parse(string.Create(CultureInfo.InvariantCulture, $"{(ushort)error.Code}._er."));
        return code.TryAppend(agent, out DomainName end) && found.Question.Name.TryAppend(end, out DomainName middle) && type.TryAppend(middle, out DomainName whole)
            ? new DnsQuestion(whole, DnsType.TXT)
            : null;
    }
}
