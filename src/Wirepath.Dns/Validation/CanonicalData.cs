using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// The canonical form of RDATA (RFC 4034 §6.2 as RFC 6840 §5.1 has it): letters of names are small in the types listed
/// there, which are those that existed before RFC 3597; NSEC's next name keeps its case, and so do all newer types.
/// </summary>
internal static class CanonicalData
{
    // Types without a name in the enumeration of what this library speaks.
    private const DnsType NXT = (DnsType)30;
    private const DnsType A6 = (DnsType)38;

    /// <summary>Fixed bytes of RRSIG and SIG before the signer's name.</summary>
    private const int BytesBeforeSigner = 18;

    /// <summary>Data whose names end too early (a PX of five bytes) stay as they are from there on.</summary>
    public static byte[] Of(DnsType type, ReadOnlySpan<byte> data)
    {
        byte[] canonical = data.ToArray();
        switch (type)
        {
            case DnsType.NS or DnsType.MD or DnsType.MF or DnsType.CNAME or DnsType.MB or DnsType.MG or DnsType.MR or DnsType.PTR or DnsType.DNAME or NXT:
                LowerNames(canonical, 0, 1);
                break;
            case DnsType.SOA or DnsType.MINFO or DnsType.RP:
                LowerNames(canonical, 0, 2);
                break;
            case DnsType.MX or DnsType.AFSDB or DnsType.RT or DnsType.KX:
                LowerNames(canonical, 2, 1);
                break;
            case DnsType.PX:
                LowerNames(canonical, 2, 2);
                break;
            case DnsType.SRV:
                LowerNames(canonical, 6, 1);
                break;
            case DnsType.SIG or DnsType.RRSIG:
                LowerNames(canonical, BytesBeforeSigner, 1);
                break;
            case DnsType.NAPTR:
                LowerNames(canonical, AfterNaptrTexts(data), 1);
                break;
            case A6 when data.Length > 0 && data[0] <= 128:
                // RFC 2874 §3.1: prefix length, the bytes that the suffix needs, name.
                LowerNames(canonical, 1 + (135 - data[0]) / 8, 1);
                break;
            default:
                break;
        }

        return canonical;
    }

    private static void LowerNames(Span<byte> data, int at, int names)
    {
        for (; names > 0; names--)
        {
            while (at < data.Length && data[at] is > 0 and <= DomainName.MaxLabelSize)
            {
                int end = Math.Min(at + 1 + data[at], data.Length);
                for (int i = at + 1; i < end; i++)
                {
                    if (data[i] is >= (byte)'A' and <= (byte)'Z')
                        data[i] |= 0x20;
                }

                at = end;
            }

            at++;
        }
    }

    // RFC 3403 §4.1: order, preference, three character-strings, replacement.
    private static int AfterNaptrTexts(ReadOnlySpan<byte> data)
    {
        int at = 4;
        for (int i = 0; i < 3 && at < data.Length; i++)
            at += 1 + data[at];
        return at;
    }
}
