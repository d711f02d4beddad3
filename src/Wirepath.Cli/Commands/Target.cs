using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Http;
using Wirepath.Wire;

namespace Wirepath.Cli.Commands;

/// <summary>The host that <c>ping</c> and <c>traceroute</c> are given: an address, or a name to look up first.</summary>
internal static class Target
{
    /// <returns>The address, or the exit code of the failure, which has been told.</returns>
    public static async Task<(IpAddress Address, int Failure)> ResolveAsync(World world, string text, CancellationToken ct)
    {
        NodeLog.ApplicationCause = world.Host.Log.Write(EventId.None, new NavigationStarted(text));
        if (IpAddress.TryParse(text, out IpAddress address))
            return (address, 0);
        if (!DomainName.TryParse(text, out DomainName name))
            return (default, Failing.With(ExitCodes.Dns, $"'{text}' is neither an address nor a domain name."));
        NameAnswer answer = await world.Names.ResolveAsync(name, DnsType.A, ct).ConfigureAwait(false);
        if (!answer.Succeeded)
            return (default, Failing.With(ExitCodes.Dns, answer.Explanation));
        return answer.Addresses.Count > 0
            ? (answer.Addresses[0], 0)
            : (default, Failing.With(ExitCodes.Dns, $"{text} exists, but has no IPv4 address."));
    }
}
