using Wirepath.Wire;

namespace Wirepath.Cli;

/// <summary>Where the frames go: the embedded internet, a TAP device, or passt's socket.</summary>
internal abstract record Via
{
    public sealed record Embedded : Via;

    /// <param name="Address">None: learn it by DHCP.</param>
    public sealed record Tap(string Device, InterfaceAddress? Address, IpAddress Gateway, IReadOnlyList<IpAddress> Dns, MacAddress? Mac, bool Offload) : Via;

    /// <param name="Socket">Null: start passt.</param>
    public sealed record Passt(string? Socket) : Via;

    public const string Forms = "embedded, tap:NAME[,address=A/N,gateway=G,dns=D], or passt[:SOCKET]";

    /// <summary>Reads <c>embedded</c>, <c>tap:tap0,address=10.0.0.2/24,gateway=10.0.0.1,dns=10.0.0.1</c>, <c>passt</c>, <c>passt:/run/p.socket</c>.</summary>
    public static bool TryParse(string text, out Via via, out string error)
    {
        via = new Embedded();
        error = "";
        if (text == "embedded")
            return true;
        if (text == "passt" || text.StartsWith("passt:", StringComparison.Ordinal))
        {
            string? socket = text.Length > 6 ? text[6..] : null;
            if (text == "passt:")
            {
                error = "after 'passt:' comes the path of its socket, such as passt:/tmp/passt_1.socket; plain 'passt' starts one.";
                return false;
            }

            via = new Passt(socket);
            return true;
        }

        if (!text.StartsWith("tap:", StringComparison.Ordinal))
        {
            error = $"'{text}' is no way to a network; known are {Forms}.";
            return false;
        }

        return TryParseTap(text[4..].Split(','), out via, out error);
    }

    private static bool TryParseTap(string[] parts, out Via via, out string error)
    {
        via = new Embedded();
        error = "";
        // IFNAMSIZ: 15 characters and the terminating zero.
        if (parts[0].Length is 0 or > 15)
        {
            error = "after 'tap:' comes the name of a TAP device of 1 to 15 characters, such as tap:tap0.";
            return false;
        }

        InterfaceAddress? address = null;
        IpAddress gateway = default;
        var dns = new List<IpAddress>();
        MacAddress? mac = null;
        bool offload = true;
        foreach (string part in parts.AsSpan(1))
        {
            (string key, string value) = part.IndexOf('=', StringComparison.Ordinal) is > 0 and int at ? (part[..at], part[(at + 1)..]) : (part, "");
            bool understood = true;
            switch (key)
            {
                case "address":
                    understood = InterfaceAddress.TryParse(value, out InterfaceAddress parsed);
                    address = parsed;
                    break;
                case "gateway":
                    understood = IpAddress.TryParse(value, out gateway);
                    break;
                case "dns":
                    understood = IpAddress.TryParse(value, out IpAddress server);
                    dns.Add(server);
                    break;
                case "mac":
                    understood = MacAddress.TryParse(value, out MacAddress own) && !own.IsMulticast;
                    mac = own;
                    break;
                case "offload":
                    understood = value is "on" or "off";
                    offload = value == "on";
                    break;
                default:
                    error = $"'{key}' is no setting of a TAP device; known are address=A/N, gateway=G, dns=D, mac=M and offload=on|off.";
                    return false;
            }

            if (!understood)
            {
                error = key switch
                {
                    "address" => $"'{value}' is not an address with its prefix length, such as 10.0.0.2/24.",
                    "offload" => $"offload is on or off, not '{value}'.",
                    "mac" => $"'{value}' is not a station's MAC address, such as 02:00:00:00:00:02.",
                    _ => $"'{value}' is not an IP address, which {key}= needs.",
                };
                return false;
            }
        }

        via = new Tap(parts[0], address, gateway, dns, mac, offload);
        return true;
    }
}
