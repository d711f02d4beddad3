using System.Buffers.Binary;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>A <see cref="ConnectionId"/> in 40 bytes instead of 64, for rows of which there may be a hundred thousand.</summary>
internal readonly struct FourTuple(in ConnectionId id) : IEquatable<FourTuple>
{
    private readonly ulong _localHigh = id.Local.Address.High;
    private readonly ulong _localLow = id.Local.Address.Low;
    private readonly ulong _remoteHigh = id.Remote.Address.High;
    private readonly ulong _remoteLow = id.Remote.Address.Low;
    private readonly ushort _localPort = id.Local.Port;
    private readonly ushort _remotePort = id.Remote.Port;
    private readonly bool _isV6 = id.Remote.Address.IsV6;

    /// <summary>Bytes that <see cref="CopyTo"/> writes.</summary>
    public const int Size = 36;

    public IpAddress RemoteAddress => Address(_remoteHigh, _remoteLow);

    public bool IsV6 => _isV6;

    public ConnectionId Id =>
        new(new IpEndpoint(Address(_localHigh, _localLow), _localPort), new IpEndpoint(Address(_remoteHigh, _remoteLow), _remotePort));

    private IpAddress Address(ulong high, ulong low) => _isV6 ? IpAddress.V6(high, low) : IpAddress.V4((uint)low);

    public bool Equals(FourTuple other) =>
        _remoteLow == other._remoteLow && _remotePort == other._remotePort && _localPort == other._localPort && _localLow == other._localLow
        && _remoteHigh == other._remoteHigh && _localHigh == other._localHigh && _isV6 == other._isV6;

    public override bool Equals(object? obj) => obj is FourTuple other && Equals(other);

    // HashCode is keyed per process: who chooses addresses and ports cannot choose the slot.
    public override int GetHashCode() =>
        HashCode.Combine(_localHigh, _localLow, _remoteHigh, _remoteLow, ((uint)_localPort << 16) | _remotePort);

    /// <summary>What keyed hashes are taken of.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, _localHigh);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], _localLow);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], _remoteHigh);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], _remoteLow);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[32..], _localPort);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[34..], _remotePort);
    }
}
