using static Wirepath.Explain.Figures;

namespace Wirepath.Explain;

internal sealed partial class EnglishWords
{
    public override FailureText Explain(Failure f) => f.Class switch
    {
        FailureClass.UrlInvalid => new($"\"{f.Subject}\" is not a URL: {Plain(f.Detail)}.",
            "To read what was typed as a URL.", "Nobody: nothing was sent.", $"{Capital(Plain(f.Detail))}.", "Correct the address and try again; `wirepath url` shows how an address is read."),
        FailureClass.NameNotFound => new($"There is no name {f.Subject}: the zone's own servers say so.",
            $"To find the address of {f.Subject}.", Asked(f), "NXDOMAIN: the name does not exist, with any type.", "Check the spelling. A name registered just now may need minutes to appear."),
        FailureClass.NameWithoutType => new($"{f.Subject} exists, but has no address.",
            $"To find the address of {f.Subject}.", Asked(f), "NODATA: the name is there, a record of this type is not.", "Ask for another type, or for www in front of the name: perhaps only that has an address."),
        FailureClass.NameSilent => new($"No name server answered for {f.Subject}: {Count(f.Attempts, "attempt")} in {Duration(f.Waited)}.",
            $"To find the address of {f.Subject}.", Asked(f), $"Silence, {(f.Attempts == 1 ? "once" : $"{f.Attempts} times")}.", "See whether the network is up at all (ping the gateway), then try another name server."),
        FailureClass.NameLame => new($"The servers named for {f.Subject} do not serve it: the delegation is lame.",
            $"To find the address of {f.Subject}.", Asked(f), "Answers, but none from a server that knows the zone.", "Only the owner of the domain can mend this: parent and zone must name the same servers."),
        FailureClass.NameLoop => new($"{f.Subject} goes in a circle: its aliases or referrals come back to where they began.",
            $"To find the address of {f.Subject}.", Asked(f), $"A chain without an end{Because(f.Detail)}.", "Only the owner of the domain can mend this: follow the CNAMEs with `wirepath dns --trace`."),
        FailureClass.NameServerFailure => new($"The name servers could not answer for {f.Subject}.",
            $"To find the address of {f.Subject}.", Asked(f), $"An error instead of an answer{Because(f.Detail)}.", "Try again later; `wirepath dns --trace` shows which server fails."),
        FailureClass.NameInvalid => new($"\"{f.Subject}\" cannot be a name{Because(f.Detail)}.",
            $"To read \"{f.Subject}\" as a domain name.", "Nobody: nothing was sent.", "A label has 1 to 63 bytes, a name 253 characters at the most.", "Correct the name."),
        FailureClass.NameNoServer => new($"There is no name server to ask about {f.Subject}.",
            $"To find the address of {f.Subject}.", "Nobody: no name server is configured or reachable.", "Nothing.", "Give a name server (dns=…), or let DHCP give one."),
        FailureClass.NameBudget => new($"Looking up {f.Subject} took more work than one name may cause.",
            $"To find the address of {f.Subject}.", Asked(f), $"More and more names to ask for, until the budget was used up{Because(f.Detail)}.", "This looks like a badly broken or hostile zone; there is nothing to do on this side."),
        FailureClass.NameBogus => new($"The records of {f.Subject} are not what its owner signed.",
            $"To find the address of {f.Subject}.", Asked(f), $"An answer whose signatures do not fit{Because(f.Detail)}.", "Either the zone is signed wrongly, or somebody on the way changes its answers; its owner can tell."),
        FailureClass.NeighborSilent => new($"Nobody on {f.With} answers for {f.Subject}.",
            $"To find the MAC address of {f.Subject} with {Count(f.Attempts, "ARP request")}.", $"Everyone on {f.With}, by broadcast.", $"Silence for {Duration(f.Waited)}.", "Check that the address is right, that its machine is up, and that both are on the same network."),
        FailureClass.NoRoute => new($"No route leads to {f.Subject}.",
            $"To choose a way to {f.Subject}.", "Nobody: the routing table has no entry that fits, not even a default.", "Nothing was sent.", "Give a gateway (gateway=…), or let DHCP give one."),
        FailureClass.ConnectSilent => new($"{Count(f.Attempts, "SYN")} over {Duration(f.Waited)}, no answer: a firewall that drops looks like this; a closed port would have answered RST.",
            $"To open a TCP connection to {f.Subject}.", f.With, "Silence: neither SYN,ACK nor RST nor ICMP.", "See whether the port is right; traceroute shows how far packets get. Ask whoever runs the firewall."),
        FailureClass.ConnectRefused => new($"{f.With} refused: the host is there ({Duration(f.Waited)} away), but nobody listens on that port.",
            $"To open a TCP connection to {f.Subject}.", f.With, "RST in answer to SYN.", "Check the port, and whether the server is running."),
        FailureClass.ConnectUnreachable => new($"{f.With} cannot be reached{Because(f.Detail)}.",
            $"To open a TCP connection to {f.Subject}.", f.With, $"ICMP \"destination unreachable\"{Because(f.Detail)}.", "Something on the way says that there is no way: traceroute shows who."),
        FailureClass.ConnectNotSent => new($"No connection to {f.With} could be begun{Because(f.Detail)}.",
            $"To open a TCP connection to {f.Subject}.", "Nobody: nothing was sent.", $"Nothing{Because(f.Detail)}.", "Check address, gateway and whether local ports are left."),
        FailureClass.ConnectionReset => new($"{f.With} reset the connection after {Duration(f.Waited)}.",
            $"To exchange data with {f.Subject}.", f.With, "RST in the middle of the conversation.", "The server's program crashed or gave up, or something on the way cut in. Try again; the server's log knows more."),
        FailureClass.ConnectionTimedOut => new($"{f.With} fell silent: {Count(f.Attempts, "retransmission")} without an answer.",
            $"To exchange data with {f.Subject}.", f.With, "First answers, then silence.", "The path or the server broke down in the middle. See whether it answers a ping, and try again."),
        FailureClass.ConnectionAborted => new($"The connection to {f.With} was given up on this side{Because(f.Detail)}.",
            $"To exchange data with {f.Subject}.", f.With, "Nothing wrong from the other end.", "If nobody pressed Ctrl-C, a time limit was reached: try a longer one."),
        FailureClass.TimeLimit => new($"Given up after {Duration(f.Waited)}: the page was not there yet, and the limit that was set was reached.",
            $"To get {f.Subject} in time.", f.With, "Nothing wrong, only not all of it in time.", "Set a longer limit, or none (--max-time), and see where the time goes."),
        FailureClass.Tls => new($"TLS with {f.Subject} failed{Because(f.Detail)}.",
            $"To agree on encryption with {f.Subject} and to check its certificate.", f.With, Detail(f, "The handshake broke off."), "Check the server's name and the date on this machine; a certificate authority of one's own must be trusted first."),
        FailureClass.Http => new($"The HTTP exchange with {f.Subject} failed{Because(f.Detail)}.",
            "To send a request and to read the answer.", f.With, Detail(f, "No complete answer."), "What came is kept in the capture (--pcap). Try again, or tell whoever runs the server."),
        FailureClass.HttpStatus => new($"The server answered {f.Status} {f.Detail}.",
            $"To get {f.Subject}.", f.With, $"{f.Status} {f.Detail}: the network did its part.", f.Status >= 500 ? "The fault is the server's: try again later." : "Check the path and whether a login is needed."),
        FailureClass.None or FailureClass.Unknown => new(f.Detail.Length > 0 ? $"{Plain(f.Detail)}." : "It failed, and the log does not say why.",
            $"To get {f.Subject}.", f.With, Detail(f, "Nothing that explains it."), "Run it again with -v and see the last event."),
        _ => throw new ArgumentOutOfRangeException(nameof(f)),
    };

    private static string Asked(Failure f) => f.With.Length > 0 ? $"{f.With}{(f.Attempts > 1 ? $", last of {f.Attempts} queries" : "")}." : "The caches on this side.";

    private static string Detail(Failure f, string otherwise) => f.Detail.Length > 0 ? $"{Capital(Plain(f.Detail))}." : otherwise;

    private static string Plain(string detail) => detail.TrimEnd('.', ' ');

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
