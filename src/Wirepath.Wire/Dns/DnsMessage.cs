namespace Wirepath.Wire;

/// <summary>A DNS message (RFC 1035 §4.1) with EDNS (RFC 6891) lifted out of the additional section.</summary>
public sealed class DnsMessage
{
    /// <summary>Bytes that fit into a UDP message without EDNS (RFC 1035 §4.2.1).</summary>
    public const int MaxUdpSizeWithoutEdns = 512;

    /// <summary>Bytes that the length before a message over TCP can express.</summary>
    public const int MaxSize = 65535;

    public ushort Id { get; set; }

    public DnsFlags Flags { get; set; }

    public DnsOpcode Opcode { get; set; }

    /// <summary>All twelve bits; the upper eight are lost without <see cref="Edns"/>.</summary>
    public DnsRcode Rcode { get; set; }

    /// <summary>Null when there is no OPT record.</summary>
    public Edns? Edns { get; set; }

    public List<DnsQuestion> Questions { get; } = [];

    public List<DnsRecord> Answers { get; } = [];

    public List<DnsRecord> Authorities { get; } = [];

    /// <summary>Without the OPT record.</summary>
    public List<DnsRecord> Additionals { get; } = [];

    /// <summary>QR.</summary>
    public bool IsResponse
    {
        get => Has(DnsFlags.QR);
        set => Set(DnsFlags.QR, value);
    }

    /// <summary>AA.</summary>
    public bool IsAuthoritative
    {
        get => Has(DnsFlags.AA);
        set => Set(DnsFlags.AA, value);
    }

    /// <summary>TC.</summary>
    public bool IsTruncated
    {
        get => Has(DnsFlags.TC);
        set => Set(DnsFlags.TC, value);
    }

    /// <summary>RD.</summary>
    public bool RecursionDesired
    {
        get => Has(DnsFlags.RD);
        set => Set(DnsFlags.RD, value);
    }

    /// <summary>RA.</summary>
    public bool RecursionAvailable
    {
        get => Has(DnsFlags.RA);
        set => Set(DnsFlags.RA, value);
    }

    /// <summary>AD.</summary>
    public bool AuthenticData
    {
        get => Has(DnsFlags.AD);
        set => Set(DnsFlags.AD, value);
    }

    /// <summary>CD.</summary>
    public bool CheckingDisabled
    {
        get => Has(DnsFlags.CD);
        set => Set(DnsFlags.CD, value);
    }

    public static DnsMessage Query(ushort id, DnsQuestion question, bool recursionDesired) => new()
    {
        Id = id,
        RecursionDesired = recursionDesired,
        Questions = { question },
    };

    /// <summary>An empty response to this query: id, opcode, RD, CD and question are carried over (RFC 1035 §4.1.1, RFC 4035 §3.2.2).</summary>
    public DnsMessage CreateResponse(DnsRcode rcode = DnsRcode.NoError)
    {
        var response = new DnsMessage
        {
            Id = Id,
            Flags = DnsFlags.QR | (Flags & (DnsFlags.RD | DnsFlags.CD)),
            Opcode = Opcode,
            Rcode = rcode,
        };
        response.Questions.AddRange(Questions);
        return response;
    }

    /// <summary>Reads a message; bytes behind its last record are ignored.</summary>
    /// <returns>
    /// False when a section is cut short, a name breaks the rules of <see cref="DomainName.TryRead(ReadOnlySpan{byte}, ref int, out DomainName)"/>,
    /// the data of a type of RFC 1035 is not what the type says, or OPT comes twice, outside the additional section or not at the root.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DnsMessage message) => DnsMessageReader.TryRead(bytes, out message);

    /// <summary>
    /// Writes the message with names compressed. What does not fit is left out by whole RRsets; TC is then set, unless
    /// only additional records are missing that nobody must have (RFC 2181 §9, RFC 9471 §3).
    /// </summary>
    /// <param name="destination">Room for the message.</param>
    /// <param name="maxSize">Bytes that the message may take, at least 12; the destination's length is a limit too.</param>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> destination, int maxSize)
    {
        int limit = Math.Min(Math.Min(destination.Length, maxSize), MaxSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, DnsHeader.Size, nameof(maxSize));
        return DnsMessageWriter.Write(this, destination[..limit]);
    }

    /// <inheritdoc cref="Write"/>
    public byte[] ToArray(int maxSize = MaxSize)
    {
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(Math.Min(maxSize, MaxSize));
        int length = Write(buffer, maxSize);
        byte[] bytes = buffer.AsSpan(0, length).ToArray();
        System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        return bytes;
    }

    private bool Has(DnsFlags flag) => (Flags & flag) != 0;

    private void Set(DnsFlags flag, bool value) => Flags = value ? Flags | flag : Flags & ~flag;
}
