using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Devices;

/// <summary>
/// The frame stream of passt and of QEMU's <c>-netdev stream</c>: a UNIX socket on which each frame follows its length,
/// 4 bytes big-endian. A way onto the network that needs no rights.
/// </summary>
public sealed unsafe class FrameSocketDevice : IPollableDevice
{
    private const int LengthSize = 4;
    private const int MostPathBytes = 107;
    private const int NoSignal = 0x4000;

    private readonly Descriptor _socket;
    private readonly FrameSocketSettings _settings;

    // What was read and not yet taken, and what waits to be written: [start, end) of each.
    private readonly byte[] _inbox;
    private readonly byte[] _outbox;
    private int _inStart, _inEnd, _outStart, _outEnd;

    private FrameSocketDevice(string name, Descriptor socket, FrameSocketSettings settings)
    {
        (Name, _socket, _settings) = (name, socket, settings);
        Address = settings.Address ?? RandomAddress();
        _inbox = GC.AllocateUninitializedArray<byte>(2 * (settings.MostFrameBytes + LengthSize), pinned: true);
        _outbox = GC.AllocateUninitializedArray<byte>(settings.MostQueuedBytes, pinned: true);
    }

    public string Name { get; }

    public MacAddress Address { get; }

    public int Mtu => _settings.Mtu;

    public DeviceOffloads Offloads => DeviceOffloads.None;

    public Action? Readable { get; set; }

    public int FileDescriptor => _socket.IsClosed ? -1 : _socket.Number;

    public bool WantsWrite => _outEnd > _outStart && Closure is null;

    public string? Closure { get; private set; }

    public DeviceCounters Counters { get; } = new();

    /// <summary>Connects to the socket at <paramref name="path"/>.</summary>
    /// <exception cref="DeviceException">Nobody listens there, permission was denied, or the path is too long for a socket.</exception>
    public static FrameSocketDevice Connect(string path, FrameSocketSettings? settings = null, string name = "passt0")
    {
        ArgumentNullException.ThrowIfNull(path);
        settings ??= new FrameSocketSettings();
        if (settings.MostFrameBytes + LengthSize > settings.MostQueuedBytes || settings.MostFrameBytes > BlockPool.LargeSize - Packet.DefaultHeadroom)
            throw new ArgumentException("The queue must hold one frame, and a frame must fit into a block.", nameof(settings));
        byte[] pathBytes = Encoding.UTF8.GetBytes(path);
        if (pathBytes.Length > MostPathBytes)
            throw new DeviceException($"The socket's path has {pathBytes.Length} bytes; a UNIX socket's path has {MostPathBytes} at the most.");

        Descriptor socket = Libc.Socket(Libc.AddressFamilyUnix, Libc.SocketStream | Libc.OpenNonblocking | Libc.OpenCloseOnExec, 0);
        byte* address = stackalloc byte[sizeof(ushort) + MostPathBytes + 1];
        var bytes = new Span<byte>(address, sizeof(ushort) + MostPathBytes + 1);
        bytes.Clear();
        *(ushort*)address = Libc.AddressFamilyUnix;
        pathBytes.CopyTo(bytes[sizeof(ushort)..]);
        if (!socket.IsInvalid && Libc.Connect(socket, address, (uint)bytes.Length) == 0)
            return new FrameSocketDevice(name, socket, settings);

        int error = Marshal.GetLastPInvokeError();
        socket.Dispose();
        throw new DeviceException(error switch
        {
            Errno.NoEntry => $"There is no socket at {path}; start the other end first, for example: passt --foreground --socket {path}",
            Errno.ConnectionRefused => $"Nobody listens at {path} any more; start the other end again.",
            Errno.AccessDenied or Errno.NotPermitted => $"Permission to connect to {path} was denied.",
            _ => $"Connecting to {path} failed: {Libc.Message(error)}.",
        });
    }

    public bool TryReceive([NotNullWhen(true)] out Packet? frame)
    {
        frame = null;
        while (Closure is null)
        {
            int available = _inEnd - _inStart;
            if (available >= LengthSize)
            {
                uint length = BinaryPrimitives.ReadUInt32BigEndian(_inbox.AsSpan(_inStart));
                if (length == 0 || length > (uint)_settings.MostFrameBytes)
                {
                    Closure = $"The other end of '{Name}' announced a frame of {length} bytes: it does not speak the frame stream, or is out of step.";
                    break;
                }

                if (available - LengthSize >= length)
                {
                    frame = Packet.From(_inbox.AsSpan(_inStart + LengthSize, (int)length));
                    _inStart += LengthSize + (int)length;
                    Counters.Received((int)length);
                    return true;
                }
            }

            if (!TryFill())
                break;
        }

        return false;
    }

    /// <summary>Queues the frame; it leaves with <see cref="Flush"/>.</summary>
    public bool Transmit(Packet frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Checksum == ChecksumState.Partial || frame.SegmentSize > 0)
            throw new InvalidOperationException("The packet needs an offload that the device does not offer.");
        TrimPadding(frame);
        int length = frame.Length;
        bool queued = Closure is null && length <= _settings.MostFrameBytes && MakeRoom(LengthSize + length);
        if (queued)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_outbox.AsSpan(_outEnd), (uint)length);
            frame.CopyTo(0, _outbox.AsSpan(_outEnd + LengthSize, length));
            _outEnd += LengthSize + length;
            Counters.Sent(length);
        }
        else
        {
            Counters.DroppedOnSend();
        }

        frame.Dispose();
        return queued;
    }

    public void Flush()
    {
        while (WantsWrite)
        {
            IoVector waiting = PinnedBytes.Of(_outbox.AsSpan(_outStart, _outEnd - _outStart));
            nint sent = Libc.Send(_socket, waiting.Base, (nint)waiting.Length, NoSignal);
            if (sent >= 0)
            {
                _outStart += (int)sent;
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == Errno.TryAgain)
                return;
            if (error != Errno.Interrupted)
                Closure = $"The other end of '{Name}' is gone: {Libc.Message(error)}.";
        }

        if (_outStart == _outEnd)
            _outStart = _outEnd = 0;
    }

    public void Dispose()
    {
        Closure ??= "The device was closed.";
        _socket.Dispose();
    }

    // A stream has no shortest frame, and passt of 2023 silently drops TCP segments behind whose IP packet padding follows.
    private static void TrimPadding(Packet frame)
    {
        if (frame.Length > EthernetHeader.MinimumFrameSize || !EthernetHeader.TryRead(frame.Head, out EthernetHeader ethernet) || ethernet.Type != EtherType.IPv4)
            return;
        ReadOnlySpan<byte> ip = frame.Head[EthernetHeader.Size..];
        if (ip.Length < Ipv4Header.Size)
            return;
        int length = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (length >= Ipv4Header.Size && EthernetHeader.Size + length < frame.Length)
            frame.Truncate(EthernetHeader.Size + length);
    }

    private static MacAddress RandomAddress()
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        RandomNumberGenerator.Fill(bytes);
        bytes[0] = (byte)(bytes[0] & ~0x01 | 0x02); // unicast, locally administered
        return MacAddress.Read(bytes);
    }

    /// <summary>Reads once; false when nothing is there now, or the stream has ended.</summary>
    private bool TryFill()
    {
        // Less than one frame is left over, so that this copies little, and there is always room for the rest of it.
        if (_inStart > 0)
        {
            _inbox.AsSpan(_inStart, _inEnd - _inStart).CopyTo(_inbox);
            (_inStart, _inEnd) = (0, _inEnd - _inStart);
        }

        while (true)
        {
            IoVector room = PinnedBytes.Of(_inbox.AsSpan(_inEnd));
            nint read = Libc.Read(_socket, room.Base, (nint)room.Length);
            if (read > 0)
            {
                _inEnd += (int)read;
                return true;
            }

            int error = read == 0 ? 0 : Marshal.GetLastPInvokeError();
            switch (error)
            {
                case Errno.Interrupted:
                    continue;
                case Errno.TryAgain:
                    return false;
                case 0:
                    Closure = _inEnd > _inStart ? $"The other end of '{Name}' closed the stream in the middle of a frame." : $"The other end of '{Name}' closed the stream.";
                    return false;
                default:
                    Closure = $"Reading from '{Name}' failed: {Libc.Message(error)}.";
                    return false;
            }
        }
    }

    private bool MakeRoom(int size)
    {
        if (_outbox.Length - _outEnd >= size)
            return true;
        Flush();
        _outbox.AsSpan(_outStart, _outEnd - _outStart).CopyTo(_outbox);
        (_outStart, _outEnd) = (0, _outEnd - _outStart);
        return _outbox.Length - _outEnd >= size;
    }
}
