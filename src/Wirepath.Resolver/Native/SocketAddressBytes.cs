using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>struct sockaddr_in and sockaddr_in6, as Linux has them.</summary>
internal static class SocketAddressBytes
{
    /// <summary>Bytes of the longer one.</summary>
    public const int Size = 28;

    public static IpEndpoint Read(ReadOnlySpan<byte> address)
    {
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return BitConverter.ToUInt16(address) == Libc.FamilyInet
            ? new IpEndpoint(IpAddress.Read(address.Slice(4, 4)), port)
            : new IpEndpoint(IpAddress.Read(address.Slice(8, 16)), port);
    }

    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> address, IpEndpoint endpoint)
    {
        address[..Size].Clear();
        bool v4 = endpoint.Address.IsV4;
        BitConverter.TryWriteBytes(address, (ushort)(v4 ? Libc.FamilyInet : Libc.FamilyInet6));
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], endpoint.Port);
        endpoint.Address.Write(address[(v4 ? 4 : 8)..]);
        return v4 ? 16 : Size;
    }
}
