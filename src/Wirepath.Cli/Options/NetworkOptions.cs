using System.CommandLine;
using System.CommandLine.Parsing;
using Wirepath.Stack;

namespace Wirepath.Cli;

/// <summary>What every command that sends packets takes: which network, its knobs, and the stack's settings.</summary>
internal sealed class NetworkOptions
{
    private readonly Option<Via> _via = new("--via")
    {
        Description = "Which network: " + Via.Forms + ". [embedded]",
        HelpName = "NETWORK",
        CustomParser = result => Via.TryParse(result.Tokens[0].Value, out Via via, out string error) ? via : Fail(result, "--via: " + error, new Via.Embedded()),
        DefaultValueFactory = _ => new Via.Embedded(),
    };

    private readonly Option<ulong?> _seed = new("--seed")
    {
        Description = "Seed of all randomness of the embedded internet; the same seed gives the same run, byte for byte. [42]",
        HelpName = "N",
        CustomParser = result => ulong.TryParse(result.Tokens[0].Value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out ulong seed)
            ? seed
            : Fail<ulong?>(result, $"--seed: '{result.Tokens[0].Value}' is not a whole number from 0 to {ulong.MaxValue}.", null),
    };

    private readonly Option<string[]> _sysctl = new("--sysctl")
    {
        Description = "A setting of the stack by its Linux name, such as net.ipv4.tcp_syn_retries=2. May be given several times; 'wirepath sysctl' lists them.",
        HelpName = "NAME=VALUE",
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string> _link = new("--link")
    {
        Description = "Which link is turned; 'wirepath links' lists them. [access]",
        HelpName = "NAME",
        DefaultValueFactory = _ => LinkKnobs.DefaultLink,
    };

    private readonly Option<double?> _loss = Share("--loss", "Frames lost on the link, in percent: 2%.");
    private readonly Option<TimeSpan?> _delay = Duration("--delay", "One-way delay of the link: 80ms.");
    private readonly Option<TimeSpan?> _jitter = Duration("--jitter", "Random addition to the delay, up to this much; it keeps the order of frames.");
    private readonly Option<long?> _bandwidth = new("--bandwidth")
    {
        Description = "Rate of the link in each direction: 2mbit, 512kbit, 1gbit.",
        HelpName = "RATE",
        CustomParser = result => Units.TryParseBandwidth(result.Tokens[0].Value, out long rate)
            ? rate
            : Fail<long?>(result, $"--bandwidth: '{result.Tokens[0].Value}' is not a rate such as 2mbit, 512kbit or 1gbit.", null),
    };

    private readonly Option<int?> _queue = new("--queue")
    {
        Description = "Bytes that may wait in front of the link: 64kb.",
        HelpName = "SIZE",
        CustomParser = result => Units.TryParseSize(result.Tokens[0].Value, out int size)
            ? size
            : Fail<int?>(result, $"--queue: '{result.Tokens[0].Value}' is not a size such as 64kb or 15000.", null),
    };

    private readonly Option<double?> _reorder = Share("--reorder", "Frames that overtake their turn, in percent: 3%.");
    private readonly Option<double?> _duplicate = Share("--duplicate", "Frames delivered twice, in percent: 1%.");
    private readonly Option<double?> _corrupt = Share("--corrupt", "Frames with a damaged bit, in percent: 0.1%.");
    private readonly Option<int?> _mtu = new("--mtu")
    {
        Description = "Largest IP packet that the link carries, in bytes: 68 to 65535.",
        HelpName = "BYTES",
        CustomParser = result => int.TryParse(result.Tokens[0].Value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int mtu) && mtu is >= 68 and <= 65535
            ? mtu
            : Fail<int?>(result, $"--mtu: '{result.Tokens[0].Value}' is not a number of bytes from 68 (RFC 791's least) to 65535.", null),
    };

    /// <param name="knobs">False for a command that needs a real wire.</param>
    public void AddTo(PathCommand command, bool knobs = true)
    {
        command.AddGroup("Network", knobs ? [_via, _seed, _sysctl] : [_via, _sysctl]);
        if (knobs)
            command.AddGroup("Knobs of one link of the embedded internet", _link, _loss, _delay, _jitter, _bandwidth, _queue, _reorder, _duplicate, _corrupt, _mtu);
    }

    /// <summary>Reads the options; a setting that is wrong in itself gives a sentence.</summary>
    public bool TryRead(ParseResult parsed, out NetworkChoice choice, out string error)
    {
        choice = null!;
        HostSettings settings = new();
        foreach (string assignment in parsed.GetValue(_sysctl) ?? [])
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                error = $"--sysctl: '{assignment}' is not NAME=VALUE, such as net.ipv4.tcp_syn_retries=2.";
                return false;
            }

            if (!Sysctl.TryApply(settings, assignment[..equals].Trim(), assignment[(equals + 1)..].Trim(), out settings, out string problem))
            {
                error = "--sysctl: " + problem;
                return false;
            }
        }

        var knobs = new LinkKnobs(
            parsed.GetValue(_link) ?? LinkKnobs.DefaultLink, parsed.GetValue(_loss), parsed.GetValue(_delay), parsed.GetValue(_jitter), parsed.GetValue(_bandwidth),
            parsed.GetValue(_queue), parsed.GetValue(_reorder), parsed.GetValue(_duplicate), parsed.GetValue(_corrupt), parsed.GetValue(_mtu));
        Via via = parsed.GetValue(_via)!;
        if (via is not Via.Embedded && (knobs.Any || parsed.GetResult(_link) is { Implicit: false }))
        {
            error = "--link, --loss, --delay and the other knobs turn a link of the embedded internet; on a real wire, 'tc netem' does that.";
            return false;
        }

        choice = new NetworkChoice(via, parsed.GetValue(_seed), settings, knobs);
        error = "";
        return true;
    }

    private static Option<double?> Share(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "PERCENT",
        CustomParser = result => Units.TryParseShare(result.Tokens[0].Value, out double share)
            ? share
            : Fail<double?>(result, $"{name}: '{result.Tokens[0].Value}' is not a share from 0% to 100%, such as 2%.", null),
    };

    private static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result => Units.TryParseDuration(result.Tokens[0].Value, out TimeSpan span)
            ? span
            : Fail<TimeSpan?>(result, $"{name}: '{result.Tokens[0].Value}' is not a time such as 80ms or 1.5s.", null),
    };

    private static T Fail<T>(ArgumentResult result, string message, T instead)
    {
        result.AddError(message);
        return instead;
    }
}

/// <summary>The network that a command was told to use.</summary>
internal sealed record NetworkChoice(Via Via, ulong? Seed, HostSettings Settings, LinkKnobs Knobs);

/// <summary>What is turned on one link of the embedded internet; null leaves it as it is.</summary>
internal sealed record LinkKnobs(
    string Link, double? Loss, TimeSpan? Delay, TimeSpan? Jitter, long? Bandwidth, int? Queue, double? Reorder, double? Duplicate, double? Corrupt, int? Mtu)
{
    public const string DefaultLink = "access";

    public bool Any => Loss is not null || Delay is not null || Jitter is not null || Bandwidth is not null || Queue is not null
        || Reorder is not null || Duplicate is not null || Corrupt is not null || Mtu is not null;
}
