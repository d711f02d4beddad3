using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>
/// One UDP socket and its thread: takes what datagrams there are with one call, answers what can be answered at once, and
/// sends those answers with one call. A cached answer allocates nothing. The rest goes its own way and is sent when it is ready.
/// </summary>
internal sealed class LinuxUdpLoop : IUdpLoop
{
    private const int Batch = 32;

    /// <summary>Bytes of the longest query that is taken, and of the longest answer that is sent: four times what anybody sends on purpose.</summary>
    private const int Room = 4096;

    /// <summary>Room for one IP_PKTINFO or IPV6_PKTINFO with its header.</summary>
    private const int ControlRoom = 64;

    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly Answering _answering;
    private readonly ServerSettings _settings;
    private readonly ServerCounters.LoopCounters _counters;
    private readonly bool _isWildcard;
    private readonly ConcurrentBag<Question> _spare = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly Thread _thread;
    private readonly unsafe byte* _memory;
    private readonly unsafe MessageSlot* _incoming;
    private readonly unsafe MessageSlot* _outgoing;

    /// <param name="socket">Bound. The loop owns it from here on.</param>
    public unsafe LinuxUdpLoop(Socket socket, bool isWildcard, Answering answering, ServerSettings settings)
    {
        (_socket, _isWildcard, _answering, _settings) = (socket, isWildcard, answering, settings);
        _descriptor = (int)socket.Handle;
        // Blocking for the thread; it looks up now and then whether it should end.
        socket.Blocking = true;
        socket.ReceiveTimeout = 200;
        if (isWildcard)
        {
            // The answer must leave from the address that the query came to.
            bool v4 = socket.AddressFamily == AddressFamily.InterNetwork;
            socket.SetRawSocketOption(v4 ? Libc.LevelIpv4 : Libc.LevelIpv6, v4 ? Libc.PacketInfoV4 : Libc.ReceivePacketInfoV6, BitConverter.GetBytes(1));
        }

        _counters = answering.Counters.AddLoop();
        int perSlot = 2 * Room + SocketAddressBytes.Size + 4 + ControlRoom + 2 * sizeof(IoVector) + 2 * sizeof(MessageSlot);
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)(Batch * perSlot));
        _incoming = (MessageSlot*)_memory;
        _outgoing = _incoming + Batch;
        SetUpSlots();
        _thread = new Thread(Run) { IsBackground = true, Name = $"dns udp {socket.LocalEndPoint}" };
    }

    public void Start() => _thread.Start();

    public unsafe void Dispose()
    {
        if (_closing.IsCancellationRequested)
            return;
        _closing.Cancel();
        if (_thread.IsAlive)
            _thread.Join();
        _socket.Dispose();
        NativeMemory.Free(_memory);
        _closing.Dispose();
    }

    private unsafe void SetUpSlots()
    {
        var vectors = (IoVector*)(_outgoing + Batch);
        byte* names = (byte*)(vectors + 2 * Batch);
        byte* controls = names + Batch * (SocketAddressBytes.Size + 4);
        byte* rooms = controls + Batch * ControlRoom;
        for (int i = 0; i < Batch; i++)
        {
            vectors[i] = new IoVector { Base = rooms + i * Room, Length = Room };
            vectors[Batch + i] = new IoVector { Base = rooms + (Batch + i) * Room, Length = Room };
            _incoming[i].Header = new MessageHeader
            {
                Name = names + i * (SocketAddressBytes.Size + 4), Pieces = vectors + i, PieceCount = 1, Control = _isWildcard ? controls + i * ControlRoom : null,
            };
            _outgoing[i].Header = new MessageHeader { Pieces = vectors + Batch + i, PieceCount = 1 };
        }
    }

    private unsafe void Run()
    {
        while (!_closing.IsCancellationRequested)
        {
            for (int i = 0; i < Batch; i++)
            {
                _incoming[i].Header.NameLength = SocketAddressBytes.Size;
                _incoming[i].Header.ControlLength = _isWildcard ? (nuint)ControlRoom : 0;
            }

            int count = Libc.ReceiveMany(_descriptor, _incoming, Batch, Libc.WaitForOne, null);
            if (count <= 0)
                continue; // nothing came, or ICMP about an answer to somebody who has gone
            int answers = 0;
            for (int i = 0; i < count; i++)
                answers += Take(ref _incoming[i], ref _outgoing[answers]) ? 1 : 0;
            Send(answers);
        }
    }

    /// <returns>True when <paramref name="answer"/> is ready to be sent.</returns>
    private unsafe bool Take(ref MessageSlot slot, ref MessageSlot answer)
    {
        _counters.Queries++;
        var query = new ReadOnlySpan<byte>(slot.Header.Pieces->Base, (int)slot.Length);
        if ((slot.Header.Flags & Libc.Truncated) != 0)
        {
            _counters.Dropped++;
            return false;
        }

        IpEndpoint client = SocketAddressBytes.Read(new ReadOnlySpan<byte>(slot.Header.Name, SocketAddressBytes.Size));
        if (!_answering.Responder.TryRespond(query, new Span<byte>(answer.Header.Pieces->Base, Room), in client, overTcp: false, out int length))
        {
            Begin(query, in slot, client);
            return false;
        }

        if (length == 0)
        {
            _counters.Dropped++;
            return false;
        }

        var response = new ReadOnlySpan<byte>(answer.Header.Pieces->Base, length);
        _counters.AtOnce++;
        _counters.Answers[response[3] & 15]++;
        _answering.Log?.Write(response, client, Carrier.Udp, TimeSpan.Zero);
        answer.Header.Pieces->Length = (nuint)length;
        answer.Header.Name = slot.Header.Name;
        answer.Header.NameLength = slot.Header.NameLength;
        answer.Header.Control = slot.Header.Control;
        answer.Header.ControlLength = slot.Header.ControlLength;
        return true;
    }

    private unsafe void Send(int answers)
    {
        for (int sent = 0; sent < answers;)
        {
            int count = Libc.SendMany(_descriptor, _outgoing + sent, (uint)(answers - sent), Libc.NoSignal);
            if (count > 0)
                sent += count;
            else if (Marshal.GetLastPInvokeError() != Libc.Interrupted)
                sent++; // this one cannot be sent: no route back, or an error that waited for us
        }
    }

    private unsafe void Begin(ReadOnlySpan<byte> query, in MessageSlot slot, IpEndpoint client)
    {
        if (!_answering.Counters.TryBegin(_settings.MostInFlight))
            return;
        if (!_spare.TryTake(out Question? question))
            question = new Question(Room);
        question.Set(query, client, in slot.Header);
        _ = AnswerAsync(question);
    }

    private async Task AnswerAsync(Question question)
    {
        try
        {
            int length = await _answering.RespondAsync(question.Query, question.Response, question.Client, Carrier.Udp, _closing.Token).ConfigureAwait(false);
            if (length > 0 && !_closing.IsCancellationRequested)
                question.Send(_descriptor, length);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Closing.
        }
        finally
        {
            _answering.Counters.End();
            _spare.Add(question);
        }
    }

    /// <summary>A query that has to wait, with the room for its answer; used again and again.</summary>
    private sealed class Question(int room)
    {
        private readonly byte[] _query = new byte[room];
        private readonly byte[] _name = new byte[SocketAddressBytes.Size];
        private readonly byte[] _control = new byte[ControlRoom];
        private int _length;
        private uint _nameLength;
        private nuint _controlLength;

        public ReadOnlyMemory<byte> Query => _query.AsMemory(0, _length);

        public byte[] Response { get; } = new byte[room];

        public IpEndpoint Client { get; private set; }

        public unsafe void Set(ReadOnlySpan<byte> query, IpEndpoint client, in MessageHeader header)
        {
            query.CopyTo(_query);
            _length = query.Length;
            Client = client;
            (_nameLength, _controlLength) = (header.NameLength, header.ControlLength);
            new ReadOnlySpan<byte>(header.Name, (int)_nameLength).CopyTo(_name);
            new ReadOnlySpan<byte>(header.Control, (int)_controlLength).CopyTo(_control);
        }

        public unsafe void Send(int descriptor, int length)
        {
            fixed (byte* bytes = Response, name = _name, control = _control)
            {
                var piece = new IoVector { Base = bytes, Length = (nuint)length };
                var header = new MessageHeader
                {
                    Name = name, NameLength = _nameLength, Pieces = &piece, PieceCount = 1, Control = _controlLength > 0 ? control : null, ControlLength = _controlLength,
                };
                Libc.Send(descriptor, &header, Libc.NoSignal);
            }
        }
    }
}
