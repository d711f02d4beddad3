using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>Key of a service parameter (RFC 9460 §14.3).</summary>
public enum SvcParamKey : ushort
{
    Mandatory = 0,
    Alpn = 1,
    NoDefaultAlpn = 2,
    Port = 3,
    Ipv4Hint = 4,
    Ech = 5,
    Ipv6Hint = 6,
    DohPath = 7,
}

/// <summary>One service parameter, its value in wire form.</summary>
public readonly record struct SvcParam(SvcParamKey Key, ReadOnlyMemory<byte> Value);

/// <summary>SVCB and HTTPS (RFC 9460 §2.2). Priority 0 is an alias.</summary>
public readonly record struct SvcbData(ushort Priority, DomainName Target, IReadOnlyList<SvcParam> Parameters)
{
    public bool IsAlias => Priority == 0;

    /// <returns>False when something is missing or the keys are not strictly ascending.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> data, out SvcbData svcb)
    {
        var reader = new RdataReader(data);
        ushort priority = reader.UInt16();
        DomainName target = reader.Name();
        var parameters = new List<SvcParam>();
        int lastKey = -1;
        bool ascending = true;
        while (reader.HasMore)
        {
            ushort key = reader.UInt16();
            ascending &= key > lastKey;
            lastKey = key;
            parameters.Add(new SvcParam((SvcParamKey)key, reader.Bytes(reader.UInt16())));
        }

        svcb = new SvcbData(priority, target, parameters);
        return reader.IsComplete && ascending;
    }

    public byte[] ToArray()
    {
        RdataBuilder builder = new RdataBuilder().UInt16(Priority).Name(Target);
        foreach (SvcParam parameter in Parameters.OrderBy(parameter => parameter.Key))
            builder.UInt16((ushort)parameter.Key).UInt16((ushort)parameter.Value.Length).Bytes(parameter.Value.Span);
        return builder.ToArray();
    }

    public bool TryGet(SvcParamKey key, out ReadOnlyMemory<byte> value)
    {
        foreach (SvcParam parameter in Parameters)
        {
            if (parameter.Key == key)
            {
                value = parameter.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The addresses of both hints, IPv4 first.</summary>
    public IReadOnlyList<IpAddress> AddressHints()
    {
        var addresses = new List<IpAddress>();
        if (TryGet(SvcParamKey.Ipv4Hint, out ReadOnlyMemory<byte> hint))
            ReadAddresses(hint.Span, 4, addresses);
        if (TryGet(SvcParamKey.Ipv6Hint, out hint))
            ReadAddresses(hint.Span, 16, addresses);
        return addresses;
    }

    public bool TryGetPort(out ushort port)
    {
        bool found = TryGet(SvcParamKey.Port, out ReadOnlyMemory<byte> value) && value.Length == 2;
        port = found ? BinaryPrimitives.ReadUInt16BigEndian(value.Span) : (ushort)0;
        return found;
    }

    internal static void ReadAddresses(ReadOnlySpan<byte> bytes, int size, List<IpAddress> addresses)
    {
        for (; bytes.Length >= size; bytes = bytes[size..])
            addresses.Add(IpAddress.Read(bytes[..size]));
    }
}
