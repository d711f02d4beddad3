using System.Buffers;
using Wirepath.Events;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <content>The reads and writes that wait.</content>
public sealed partial class TcpStream
{
    private NetworkException Ended() => new(Socket.Connection.End ?? ConnectionEnd.Closed, Socket.Connection.EndDetail);

    private sealed class ReadOperation(TcpStream stream) : Operation<int>(stream._host)
    {
        private Memory<byte> _buffer;
        private int _taken;
        private bool _peek;
        private bool _all;
        private bool _isWaiting;

        public ValueTask<int> Read(Memory<byte> buffer, TcpReceiveFlags flags, CancellationToken cancellation)
        {
            if (!TryClaim())
                throw new InvalidOperationException("Another read is under way on this connection.");
            (_buffer, _taken) = (buffer, 0);
            (_peek, _all) = ((flags & TcpReceiveFlags.Peek) != 0, (flags & TcpReceiveFlags.WaitAll) != 0);
            return Post(cancellation);
        }

        protected override void OnStart(Instant now)
        {
            _isWaiting = true;
            if (stream.IsClosed)
                End();
            else
                Continue(now);
        }

        public void Continue(Instant now)
        {
            if (!_isWaiting)
                return;
            TcpConnection connection = stream.Socket.Connection;
            if (connection.Readable > 0)
                Take(connection, now);
            if (_isWaiting && (connection.IsReadClosed || stream._isReceiveClosed))
            {
                // After the peer's FIN nothing can be missing, however it ended.
                if (_taken > 0 || connection.End is null or ConnectionEnd.Closed || connection.IsPeerClosed)
                    Answer(_taken);
                else
                    Fail(stream.Ended());
                _isWaiting = false;
            }
        }

        private void Take(TcpConnection connection, Instant now)
        {
            if (_buffer.IsEmpty)
            {
                Answer(0);
                return;
            }

            if (_peek)
            {
                ReadOnlySequence<byte> there = connection.Peek();
                int seen = (int)Math.Min(there.Length, _buffer.Length);
                if (seen < (_all ? _buffer.Length : 1) && !connection.IsReadClosed)
                    return;
                there.Slice(0, seen).CopyTo(_buffer.Span);
                Answer(seen);
                return;
            }

            _taken += connection.Read(_buffer.Span[_taken..], now);
            if (_taken >= (_all ? _buffer.Length : Math.Min(stream._receiveLowWater, _buffer.Length)))
                Answer(_taken);
            Host.Tcp.Touch(stream.Socket, now);
        }

        private void Answer(int count)
        {
            _isWaiting = false;
            Complete(count);
        }

        public void End()
        {
            if (!_isWaiting)
                return;
            _isWaiting = false;
            Fail(new ObjectDisposedException(nameof(TcpStream)));
        }

        protected override void OnCancelled()
        {
            _isWaiting = false;
            if (_taken > 0)
                Complete(_taken); // they have left the connection: nobody else can give them
        }

        protected override void OnAnswerTaken() => _buffer = default;
    }

    private sealed class WriteOperation(TcpStream stream) : Operation<int>(stream._host)
    {
        private ReadOnlyMemory<byte> _rest;
        private TcpWriteFlags _flags;
        private int _taken;
        private bool _answersParts;
        private bool _hasTried;
        private bool _isWaiting;

        public ValueTask Write(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
        {
            Prepare(buffer, TcpWriteFlags.None, answersParts: false);
            return PostVoid(cancellation);
        }

        public ValueTask<int> Send(ReadOnlyMemory<byte> buffer, TcpWriteFlags flags, CancellationToken cancellation)
        {
            Prepare(buffer, flags, answersParts: true);
            return Post(cancellation);
        }

        private void Prepare(ReadOnlyMemory<byte> buffer, TcpWriteFlags flags, bool answersParts)
        {
            if (!TryClaim())
                throw new InvalidOperationException("Another write is under way on this connection.");
            (_rest, _flags, _answersParts, _taken, _hasTried) = (buffer, flags, answersParts, 0, false);
        }

        protected override void OnStart(Instant now)
        {
            _isWaiting = true;
            if (stream.IsClosed)
            {
                End();
                return;
            }

            if (stream._isSendClosed)
            {
                _isWaiting = false;
                Fail(new InvalidOperationException("The connection was closed for sending."));
                return;
            }

            if (!stream._hasWritten)
            {
                stream._hasWritten = true;
                stream.Note("write", _rest.Length);
            }

            Continue(now);
        }

        public void Continue(Instant now)
        {
            if (!_isWaiting)
                return;
            TcpConnection connection = stream.Socket.Connection;
            if (connection.End is not null)
            {
                _isWaiting = false;
                if (_answersParts && _taken > 0)
                    Complete(_taken);
                else
                    Fail(stream.Ended());
                return;
            }

            // Whoever waits for room waits for a good piece of it: many small steps would cost more than they give.
            // Even a write of nothing lets a deferred SYN go.
            int taken = 0;
            bool first = !_hasTried;
            if ((first || (_rest.Length > 0 && connection.IsWritable)) && Host.Tcp.MayWrite(stream.Socket))
            {
                taken = connection.Write(_rest.Span, _flags, now);
                _hasTried = true;
                _taken += taken;
                _rest = _rest[taken..];
            }

            if (_rest.IsEmpty)
            {
                _isWaiting = false;
                Complete(_taken);
            }

            if (taken > 0 || first)
                Host.Tcp.Touch(stream.Socket, now);
        }

        public void End()
        {
            if (!_isWaiting)
                return;
            _isWaiting = false;
            Fail(new ObjectDisposedException(nameof(TcpStream)));
        }

        protected override void OnCancelled()
        {
            _isWaiting = false;
            stream.Socket.Connection.EndWrite();
            if (_answersParts && _taken > 0)
                Complete(_taken);
        }

        protected override void OnAnswerTaken() => _rest = default;
    }
}
