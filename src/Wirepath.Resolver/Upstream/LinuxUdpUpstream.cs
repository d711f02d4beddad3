using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>
/// UDP queries with one thread for all of them: each has a socket of its own, connected, on a random port; epoll tells which
/// has a reply. Who waits goes on in this thread, so that a look-up does not change threads at each step.
/// </summary>
internal sealed class LinuxUdpUpstream : IDisposable
{
    private const int MostUdpReply = 4096;
    private const int Batch = 64;

    /// <summary>How exactly time-outs are kept, in milliseconds; the shortest of a resolver is 50 to 100.</summary>
    private const int Tick = 10;
    private const int LongSleep = 1000;

    private readonly SystemTransportSettings _settings;
    private readonly Action _mismatched;
    private readonly int _epoll;
    private readonly int _wake;
    private readonly Lock _lock = new();
    private readonly List<UdpExchange> _all = [];
    private readonly Stack<UdpExchange> _idle = new();
    private readonly Thread _thread;
    private readonly byte[] _entropy = new byte[256];
    private int _entropyLeft;
    private int _inUse;
    private volatile bool _sleepsLong;
    private volatile bool _isClosing;

    public unsafe LinuxUdpUpstream(SystemTransportSettings settings, Action mismatched)
    {
        (_settings, _mismatched) = (settings, mismatched);
        _epoll = Libc.EpollCreate(Libc.CloseOnExec);
        _wake = Libc.EventFd(0, Libc.Nonblocking | Libc.CloseOnExec);
        byte* ready = stackalloc byte[EpollEvent.Size];
        EpollEvent.Write(new Span<byte>(ready, EpollEvent.Size), Libc.EpollIn, ulong.MaxValue);
        if (_epoll < 0 || _wake < 0 || Libc.EpollControl(_epoll, Libc.EpollAdd, _wake, ready) != 0)
            throw new IOException($"epoll cannot be had: error {Marshal.GetLastPInvokeError()}.");
        _thread = new Thread(Run) { IsBackground = true, Name = "dns upstream" };
        _thread.Start();
    }

    public unsafe ValueTask<DnsReply> ExchangeAsync(IpEndpoint server, ReadOnlyMemory<byte> query, TimeSpan timeout, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        int descriptor = Libc.Socket(server.Address.IsV4 ? Libc.FamilyInet : Libc.FamilyInet6, Libc.Datagram | Libc.Nonblocking | Libc.CloseOnExec, 0);
        if (descriptor < 0)
            return ValueTask.FromResult(DnsReply.Unreachable); // no descriptors left, or no such family
        byte* address = stackalloc byte[SocketAddressBytes.Size];
        var span = new Span<byte>(address, SocketAddressBytes.Size);
        BindToRandomPort(descriptor, address, server.Address.IsV4);
        uint length = (uint)SocketAddressBytes.Write(span, server);
        if (Libc.Connect(descriptor, address, length) != 0)
        {
            Libc.Close(descriptor);
            return ValueTask.FromResult(DnsReply.Unreachable);
        }

        UdpExchange exchange;
        ValueTask<DnsReply> reply;
        uint use;
        lock (_lock)
        {
            if (!_idle.TryPop(out exchange!))
                _all.Add(exchange = new UdpExchange(this, _all.Count));
            reply = exchange.Begin(descriptor, query, Environment.TickCount64 + (long)timeout.TotalMilliseconds);
            use = exchange.Use;
            _inUse++;
        }

        byte* ready = stackalloc byte[EpollEvent.Size];
        EpollEvent.Write(new Span<byte>(ready, EpollEvent.Size), Libc.EpollIn, ((ulong)use << 32) | (uint)exchange.Slot);
        nint sent = -1;
        if (Libc.EpollControl(_epoll, Libc.EpollAdd, descriptor, ready) == 0)
        {
            fixed (byte* bytes = query.Span)
                sent = Libc.Send(descriptor, bytes, (nuint)query.Length, Libc.NoSignal);
        }

        if (sent < 0)
            Finish(exchange, use, Marshal.GetLastPInvokeError() == Libc.ConnectionRefused ? DnsReply.Refused : DnsReply.Unreachable);
        else if (ct.CanBeCanceled)
            exchange.Watch(ct);
        if (_sleepsLong)
            Wake();
        return reply;
    }

    /// <summary>Ends this use of the exchange, unless somebody else was faster.</summary>
    public void Finish(UdpExchange exchange, uint use, DnsReply reply)
    {
        int descriptor;
        lock (_lock)
        {
            if (exchange.Use != use || exchange.Descriptor < 0)
                return;
            descriptor = exchange.Descriptor;
            exchange.Descriptor = -1;
            _inUse--;
        }

        Libc.Close(descriptor); // which takes it out of epoll's list
        exchange.End(reply);
    }

    public void Return(UdpExchange exchange)
    {
        lock (_lock)
            _idle.Push(exchange);
    }

    public void Dispose()
    {
        if (_isClosing)
            return;
        _isClosing = true;
        Wake();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
        Libc.Close(_epoll);
        Libc.Close(_wake);
    }

    private unsafe void Wake()
    {
        ulong one = 1;
        _ = Libc.Write(_wake, &one, sizeof(ulong));
    }

    private unsafe void BindToRandomPort(int descriptor, byte* address, bool v4)
    {
        for (int i = 0; i < _settings.PortTries; i++)
        {
            ushort port = (ushort)(_settings.LeastPort + NextRandom() % (uint)(_settings.MostPort - _settings.LeastPort + 1));
            int length = SocketAddressBytes.Write(new Span<byte>(address, SocketAddressBytes.Size), new IpEndpoint(v4 ? IpAddress.AnyV4 : IpAddress.AnyV6, port));
            if (Libc.Bind(descriptor, address, (uint)length) == 0)
                return;
        }
    }

    // The operating system's generator, in larger helpings.
    private uint NextRandom()
    {
        lock (_entropy)
        {
            if (_entropyLeft == 0)
            {
                RandomNumberGenerator.Fill(_entropy);
                _entropyLeft = _entropy.Length;
            }

            _entropyLeft -= sizeof(uint);
            return BitConverter.ToUInt32(_entropy, _entropyLeft);
        }
    }

    private unsafe void Run()
    {
        byte[] room = new byte[MostUdpReply];
        byte[] events = new byte[EpollEvent.Size * Batch];
        long nextTick = Environment.TickCount64;
        while (!_isClosing)
        {
            bool isIdle;
            lock (_lock)
                isIdle = _inUse == 0;
            _sleepsLong = isIdle;
            int count;
            fixed (byte* ready = events)
                count = Libc.EpollWait(_epoll, ready, Batch, isIdle ? LongSleep : Tick);
            _sleepsLong = false;
            for (int i = 0; i < count; i++)
                Take(EpollEvent.Data(events.AsSpan(i * EpollEvent.Size)), room);
            long now = Environment.TickCount64;
            if (now < nextTick)
                continue;
            nextTick = now + Tick;
            EndLate(now);
        }

        EndLate(long.MaxValue);
    }

    private unsafe void Take(ulong data, byte[] room)
    {
        if (data == ulong.MaxValue)
        {
            ulong counter;
            _ = Libc.Read(_wake, &counter, sizeof(ulong));
            return;
        }

        UdpExchange exchange;
        int descriptor;
        ReadOnlyMemory<byte> query;
        uint use = (uint)(data >> 32);
        lock (_lock)
        {
            exchange = _all[(int)(uint)data];
            if (exchange.Use != use || exchange.Descriptor < 0)
                return;
            (descriptor, query) = (exchange.Descriptor, exchange.Query);
        }

        nint length;
        fixed (byte* bytes = room)
            length = Libc.Receive(descriptor, bytes, (nuint)room.Length, 0);
        if (length < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error is not (Libc.Again or Libc.Interrupted))
                Finish(exchange, use, error == Libc.ConnectionRefused ? DnsReply.Refused : DnsReply.Unreachable);
        }
        else if (ReplyMatch.Accepts(query.Span, room.AsSpan(0, (int)length)))
        {
            Finish(exchange, use, DnsReply.Answered(room.AsSpan(0, (int)length).ToArray()));
        }
        else
        {
            _mismatched();
        }
    }

    private void EndLate(long now)
    {
        for (int i = 0; ; i++)
        {
            UdpExchange exchange;
            uint use;
            lock (_lock)
            {
                if (i >= _all.Count)
                    return;
                exchange = _all[i];
                use = exchange.Use;
                if (exchange.Descriptor < 0 || exchange.Deadline > now)
                    continue;
            }

            Finish(exchange, use, DnsReply.TimedOut);
        }
    }
}
