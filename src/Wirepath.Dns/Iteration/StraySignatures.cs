using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Signatures belong beside what they sign (RFC 4035 §3.1.1). Some servers put them into another section; they are carried home.</summary>
internal static class StraySignatures
{
    public static void CarryHome(DnsMessage message)
    {
        List<DnsRecord>[] sections = [message.Answers, message.Authorities, message.Additionals];
        foreach (List<DnsRecord> section in sections)
        {
            for (int i = section.Count - 1; i >= 0; i--)
            {
                DnsRecord signature = section[i];
                if (signature.Type != DnsType.RRSIG || HasSigned(section, signature)
                    || Array.Find(sections, other => other != section && HasSigned(other, signature)) is not { } home)
                    continue;
                section.RemoveAt(i);
                home.Add(signature);
            }
        }
    }

    private static bool HasSigned(List<DnsRecord> section, DnsRecord signature)
    {
        foreach (DnsRecord record in section)
        {
            if (record.Type != DnsType.RRSIG && Rrset.Covers(signature, record))
                return true;
        }

        return false;
    }
}
