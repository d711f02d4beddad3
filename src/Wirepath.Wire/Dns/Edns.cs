using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>Code of an EDNS option (IANA "DNS EDNS0 Option Codes").</summary>
public enum EdnsOptionCode : ushort
{
    Nsid = 3,
    ClientSubnet = 8,
    Expire = 9,
    Cookie = 10,
    TcpKeepalive = 11,
    Padding = 12,
    Chain = 13,
    ExtendedError = 15,
    ReportChannel = 18,
}

/// <summary>One EDNS option (RFC 6891 §6.1.2).</summary>
public readonly record struct EdnsOption(EdnsOptionCode Code, ReadOnlyMemory<byte> Data)
{
    /// <summary>An extended DNS error (RFC 8914): a number and words for people.</summary>
    public static EdnsOption ForExtendedError(ushort infoCode, string text)
    {
        byte[] data = new byte[2 + System.Text.Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteUInt16BigEndian(data, infoCode);
        System.Text.Encoding.UTF8.GetBytes(text, data.AsSpan(2));
        return new EdnsOption(EdnsOptionCode.ExtendedError, data);
    }

    public bool TryGetExtendedError(out ushort infoCode, out string text)
    {
        (infoCode, text) = (0, "");
        if (Code != EdnsOptionCode.ExtendedError || Data.Length < 2)
            return false;
        infoCode = BinaryPrimitives.ReadUInt16BigEndian(Data.Span);
        text = System.Text.Encoding.UTF8.GetString(Data.Span[2..]);
        return true;
    }

    public bool Equals(EdnsOption other) => Code == other.Code && Data.Span.SequenceEqual(other.Data.Span);

    public override int GetHashCode() => HashCode.Combine(Code, Data.Length);
}

/// <summary>What the OPT pseudo-record says, apart from the upper bits of the response code (RFC 6891 §6.1).</summary>
/// <param name="UdpPayloadSize">Bytes of the largest UDP message that the sender takes; below 512 counts as 512.</param>
/// <param name="Version">0; a server that does not know a version answers BADVERS.</param>
/// <param name="DnssecOk">DO bit (RFC 3225).</param>
/// <param name="Options">In the order of the wire.</param>
public sealed record Edns(ushort UdpPayloadSize, byte Version, bool DnssecOk, IReadOnlyList<EdnsOption> Options)
{
    /// <summary>Bytes: what fits an unfragmented packet on every path (DNS flag day 2020).</summary>
    public const ushort DefaultUdpPayloadSize = 1232;

    public Edns(ushort udpPayloadSize = DefaultUdpPayloadSize, bool dnssecOk = false)
        : this(udpPayloadSize, 0, dnssecOk, [])
    {
    }

    /// <summary>Bytes of the OPT record on the wire.</summary>
    public int Size
    {
        get
        {
            int size = 11;
            foreach (EdnsOption option in Options)
                size += 4 + option.Data.Length;
            return size;
        }
    }

    /// <summary>The first option with the code, if there is one.</summary>
    public bool TryGetOption(EdnsOptionCode code, out EdnsOption option)
    {
        foreach (EdnsOption candidate in Options)
        {
            if (candidate.Code == code)
            {
                option = candidate;
                return true;
            }
        }

        option = default;
        return false;
    }

    public bool Equals(Edns? other) =>
        other is not null && UdpPayloadSize == other.UdpPayloadSize && Version == other.Version && DnssecOk == other.DnssecOk
        && Options.SequenceEqual(other.Options);

    public override int GetHashCode() => HashCode.Combine(UdpPayloadSize, Version, DnssecOk, Options.Count);

    // CLASS holds the payload size; TTL holds extended response code, version, DO and reserved bits.
    internal static bool TryRead(ushort @class, uint ttl, ReadOnlySpan<byte> data, out Edns edns, out byte extendedRcode)
    {
        edns = null!;
        extendedRcode = (byte)(ttl >> 24);
        var options = new List<EdnsOption>();
        while (data.Length > 0)
        {
            if (data.Length < 4)
                return false;
            int length = BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
            if (length > data.Length - 4)
                return false;
            options.Add(new EdnsOption((EdnsOptionCode)BinaryPrimitives.ReadUInt16BigEndian(data), data.Slice(4, length).ToArray()));
            data = data[(4 + length)..];
        }

        edns = new Edns(@class, (byte)(ttl >> 16), (ttl & 0x8000) != 0, options);
        return true;
    }

    internal void Write(Span<byte> destination, DnsRcode rcode)
    {
        destination[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)DnsType.OPT);
        BinaryPrimitives.WriteUInt16BigEndian(destination[3..], UdpPayloadSize);
        BinaryPrimitives.WriteUInt32BigEndian(destination[5..], ((uint)rcode >> 4 << 24) | ((uint)Version << 16) | (DnssecOk ? 0x8000u : 0));
        BinaryPrimitives.WriteUInt16BigEndian(destination[9..], (ushort)(Size - 11));
        destination = destination[11..];
        foreach (EdnsOption option in Options)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)option.Code);
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)option.Data.Length);
            option.Data.Span.CopyTo(destination[4..]);
            destination = destination[(4 + option.Data.Length)..];
        }
    }
}
