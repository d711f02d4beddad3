using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Http;
using Wirepath.Wire;

namespace Wirepath.Cli.Commands;

/// <summary>The host that <c>ping</c> and <c>traceroute</c> are given: an address, or a name to look up first.</summary>
internal static class Target
{
    /// <returns>The address, or the exit code of the failure, which has been told.</returns>
    public static async Task<(IpAddress Address, int Failure)> ResolveAsync(World world, Report report, string text, CancellationToken ct)
    {
        NodeLog.ApplicationCause = world.Host.Log.Write(EventId.None, new NavigationStarted(text));
        if (IpAddress.TryParse(text, out IpAddress address))
            return (address, 0);
        if (!TryParseName(text, out DomainName name))
            return (default, report.Failure(ExitCodes.Dns, report.Words.NotAHost(text)));
        NameAnswer answer = await world.Names.ResolveAsync(name, DnsType.A, ct).ConfigureAwait(false);
        if (!answer.Succeeded)
            return (default, report.Failure(ExitCodes.Dns, report.Words.NameFailed(answer)));
        return answer.Addresses.Count > 0
            ? (answer.Addresses[0], 0)
            : (default, report.Failure(ExitCodes.Dns, report.Words.NoIpv4(text)));
    }

    /// <summary>A name as it is read, in any script, to the name that DNS is asked (UTS 46).</summary>
    public static bool TryParseName(string text, out DomainName name)
    {
        string ascii = text;
        if (!System.Text.Ascii.IsValid(text) && Url.UrlRecord.TryParse("http://" + text.TrimEnd('.') + "/", null, out Url.UrlRecord? url, out _))
            ascii = url.Host!;
        return DomainName.TryParse(ascii, out name);
    }
}
