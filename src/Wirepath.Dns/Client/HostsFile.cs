using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Names and addresses of the hosts file: <c>address name alias…</c> on each line, <c>#</c> starts a comment. Immutable.
/// </summary>
public sealed class HostsFile
{
    public static readonly HostsFile Empty = new([]);

    private readonly Dictionary<DomainName, List<IpAddress>> _addresses;

    private HostsFile(Dictionary<DomainName, List<IpAddress>> addresses) => _addresses = addresses;

    /// <summary>Names in it.</summary>
    public int Count => _addresses.Count;

    /// <summary>Reads the file and takes nothing that is wrong.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="fileName">For the error.</param>
    /// <param name="error">The first line that is wrong.</param>
    public static bool TryParse(string text, string fileName, [NotNullWhen(true)] out HostsFile? file, out TextError error)
    {
        file = Parse(text, fileName, stopAtError: true, out IReadOnlyList<TextError> errors);
        error = errors.Count > 0 ? errors[0] : default;
        if (errors.Count > 0)
            file = null;
        return errors.Count == 0;
    }

    /// <summary>Reads the file as a C library does: what is wrong is passed over and told.</summary>
    public static HostsFile ParseLeniently(string text, string fileName, out IReadOnlyList<TextError> ignored) =>
        Parse(text, fileName, stopAtError: false, out ignored);

    /// <summary>The addresses of a name that are of the type, in the order of the file.</summary>
    /// <param name="type">A or AAAA; nothing else is in a hosts file.</param>
    public bool TryGet(DomainName name, DnsType type, [NotNullWhen(true)] out IReadOnlyList<IpAddress>? addresses)
    {
        addresses = null;
        if (type is not (DnsType.A or DnsType.AAAA) || !_addresses.TryGetValue(name, out List<IpAddress>? all))
            return false;
        List<IpAddress> fitting = all.FindAll(a => a.IsV4 == (type == DnsType.A));
        if (fitting.Count == 0)
            return false;
        addresses = fitting;
        return true;
    }

    private static HostsFile Parse(string text, string fileName, bool stopAtError, out IReadOnlyList<TextError> errors)
    {
        ArgumentNullException.ThrowIfNull(text);
        var addresses = new Dictionary<DomainName, List<IpAddress>>();
        var wrong = new List<TextError>();
        errors = wrong;
        foreach (TextLine line in TextLine.Of(text, "#"))
        {
            if (line.Words.Count == 0)
                continue;
            TextWord first = line.Words[0];
            if (!IpAddress.TryParse(first.Text, out IpAddress address))
                wrong.Add(new TextError(fileName, line.Number, first.Column, $"'{first.Text}' is not an IP address; a line is an address followed by names."));
            else if (line.Words.Count == 1)
                wrong.Add(new TextError(fileName, line.Number, first.Column + first.Text.Length, $"a name is expected after the address {first.Text}."));
            else
                ReadNames(line, address);
            if (stopAtError && wrong.Count > 0)
                break;
        }

        return new HostsFile(addresses);

        void ReadNames(TextLine line, IpAddress address)
        {
            for (int i = 1; i < line.Words.Count; i++)
            {
                TextWord word = line.Words[i];
                if (!DomainName.TryParse(word.Text, out DomainName name) || name.IsRoot || word.Text == "@")
                {
                    wrong.Add(new TextError(fileName, line.Number, word.Column, $"'{word.Text}' is not a host name."));
                    continue;
                }

                if (!addresses.TryGetValue(name, out List<IpAddress>? known))
                    addresses[name] = known = [];
                if (!known.Contains(address))
                    known.Add(address);
            }
        }
    }
}
