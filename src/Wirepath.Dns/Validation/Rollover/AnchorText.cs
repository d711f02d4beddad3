using System.Globalization;
using System.Text;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Tracked anchors as a file: DNSKEY records in zone syntax, each with its state in the comment behind it, as Unbound
/// has it: <c>;;state=2 [ VALID ] ;;count=0 ;;lastchange=1767225600</c>.
/// </summary>
internal static class AnchorText
{
    // Unbound's numbers, which are those of RFC 5011's figure: 0 is Start, 5 Removed.
    private static readonly (AnchorState State, int Number, string Name)[] s_states =
    [
        (AnchorState.AddPending, 1, "ADDPEND"), (AnchorState.Valid, 2, "VALID"), (AnchorState.Missing, 3, "MISSING"), (AnchorState.Revoked, 4, "REVOKED"),
    ];

    public static string Write(IEnumerable<TrackedZone> zones, Instant now)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"; Trust anchors that look after themselves (RFC 5011), as of {now}.\n");
        foreach (TrackedZone zone in zones.OrderBy(zone => zone.Zone))
        {
            text.Append(CultureInfo.InvariantCulture, $";;id: {zone.Zone} 1\n;;next_probe_time: {Seconds(zone.NextProbe)}\n");
            foreach (TrackedAnchor anchor in zone.Anchors)
            {
                (_, int number, string name) = Array.Find(s_states, state => state.State == anchor.State);
                DnsKeyData key = anchor.Key;
                text.Append(CultureInfo.InvariantCulture,
                    $"{zone.Zone}\t3600\tIN\tDNSKEY\t{key.Flags} {key.Protocol} {key.Algorithm} {Convert.ToBase64String(key.PublicKey.Span)} ");
                text.Append(CultureInfo.InvariantCulture,
                    $";{{id = {key.KeyTag}}} ;;state={number} [ {name} ] ;;count=0 ;;lastchange={Seconds(anchor.Since)} ;;seen={Seconds(anchor.Seen)}\n");
            }
        }

        return text.ToString();
    }

    public static bool TryRead(string text, string fileName, ResolverSettings settings, Instant now, out List<TrackedZone> zones, out List<DnsRecord> digests, out TextError error)
    {
        zones = [];
        digests = [];
        error = default;
        string[] lines = text.Split('\n');
        TrackedZone? current = null;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0)
                continue;
            if (line.StartsWith(';'))
            {
                if (TryReadField(line, "next_probe_time:", out long probe) && current is not null)
                    current.NextProbe = At(probe);
                else if (line.StartsWith(";;id:", StringComparison.Ordinal) && line[5..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, ..]
                    && DomainName.TryParse(name, out DomainName id))
                    current = ZoneOf(zones, id, settings);
                continue;
            }

            if (!RecordLine.TryRead(line, fileName, i + 1, 1, out DnsRecord? record, out error))
                return false;
            // As a file begins, before the zone's keys were seen for the first time.
            if (record.Type == DnsType.DS && DsData.TryRead(record.Data, out _))
            {
                digests.Add(record);
                ZoneOf(zones, record.Name, settings);
                continue;
            }

            if (record.Type != DnsType.DNSKEY || !DnsKeyData.TryRead(record.Data, out DnsKeyData key))
            {
                error = new TextError(fileName, i + 1, 1, $"a DS record or a DNSKEY record with its state is expected, not {DnsMnemonic.Of(record.Type)}.");
                return false;
            }

            string comment = line.Contains(';') ? line[line.IndexOf(';')..] : "";
            AnchorState state = AnchorState.Valid;
            if (TryReadField(comment, "state=", out long number))
            {
                int found = Array.FindIndex(s_states, known => known.Number == number);
                // Start and Removed need no memory.
                if (found < 0)
                    continue;
                state = s_states[found].State;
            }

            Instant since = TryReadField(comment, "lastchange=", out long seconds) ? At(seconds) : now;
            Instant seen = TryReadField(comment, "seen=", out seconds) ? At(seconds) : since;
            ZoneOf(zones, record.Name, settings).Anchors.Add(new TrackedAnchor(key, state, since, seen));
        }

        return true;
    }

    private static TrackedZone ZoneOf(List<TrackedZone> zones, DomainName name, ResolverSettings settings)
    {
        if (zones.Find(zone => zone.Zone == name) is { } known)
            return known;
        var added = new TrackedZone(name, settings);
        zones.Add(added);
        return added;
    }

    private static bool TryReadField(string text, string field, out long value)
    {
        value = 0;
        int at = text.IndexOf(field, StringComparison.Ordinal);
        if (at < 0)
            return false;
        ReadOnlySpan<char> rest = text.AsSpan(at + field.Length).TrimStart();
        int digits = rest.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(digits < 0 ? rest : rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    private static Instant At(long seconds) => Instant.Epoch + TimeSpan.FromSeconds(Math.Min(seconds, uint.MaxValue));

    private static long Seconds(Instant instant) => instant.Ticks / TimeSpan.TicksPerSecond;
}
