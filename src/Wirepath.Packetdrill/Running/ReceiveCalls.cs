using Wirepath.Stack;

namespace Wirepath.Packetdrill;

// read, in its variants.
internal sealed partial class SystemCalls
{
    private const int MostBytes = 64 << 20;
    private const long ReceiveFlags = Constants.MSG_PEEK | Constants.MSG_TRUNC | Constants.MSG_DONTWAIT | Constants.MSG_WAITALL | Constants.MSG_ERRQUEUE | 0x4000 | 0x40000000;

    private async Task<CallOutcome> ReceiveAsync(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return CallOutcome.Error(_descriptors.ContainsKey((int)Number(call, 0)) ? "EINVAL" : "EBADF");
        Message? message = call.Name == "recvmsg" ? MessageOf(call) : null;
        long flags = call.Name switch { "recv" or "recvfrom" => Number(call, 3), "recvmsg" => Number(call, 2), _ => 0 };
        if ((flags & Constants.MSG_OOB) != 0)
            return socket.Options.Kept("SO_OOBINLINE") is > 0 || socket.Stream is not { UrgentAhead: > 0 } ? CallOutcome.Error("EINVAL")
                : throw ScriptEndedException.Skipped(call, "MSG_OOB without SO_OOBINLINE: urgent bytes stay in line (RFC 6093)");
        if ((flags & ~ReceiveFlags) != 0)
            throw ScriptEndedException.Skipped(call, $"{call.Name} with flags 0x{flags & ~ReceiveFlags:x}");
        if ((flags & Constants.MSG_ERRQUEUE) != 0)
            return ReceiveReport(socket, message);
        int size = SizeOf(call, message?.Vector);
        if (socket.Acceptor is not null)
            return CallOutcome.Error("ENOTCONN");
        bool nonBlocking = socket.IsNonBlocking || (flags & Constants.MSG_DONTWAIT) != 0;
        if (socket.IsConnecting)
        {
            if (nonBlocking)
                return CallOutcome.Error("EAGAIN");
            if (!await WaitForOpeningAsync(socket).ConfigureAwait(false))
                return CallOutcome.Error("EAGAIN");
        }

        if (socket.Stream is not { } stream)
            return CallOutcome.Error(socket.TakeError() ?? "ENOTCONN");
        if (size == 0)
            return default;
        if (stream.Statistics.Unread == 0 && AnswerWithoutBytes(socket, stream, nonBlocking) is { } answer)
            return answer;
        if (message is null && call.Name != "readv" && IsNull(Argument(call, 1)))
            return CallOutcome.Error("EFAULT");
        return await ReceiveAsync(socket, stream, size, flags, nonBlocking, message).ConfigureAwait(false);
    }

    /// <summary>The answer when nothing is to be read; null when the call waits for it. Linux's order: end of stream, error, shutdown.</summary>
    private static CallOutcome? AnswerWithoutBytes(ScriptSocket socket, TcpStream stream, bool nonBlocking)
    {
        if (stream.IsPeerClosed)
            return default(CallOutcome);
        if (socket.TakeError() is { } error)
            return CallOutcome.Error(error);
        if (socket.IsReadClosed || stream.End is not null)
            return default(CallOutcome);
        return nonBlocking ? CallOutcome.Error("EAGAIN") : null;
    }

    private async Task<CallOutcome> ReceiveAsync(ScriptSocket socket, TcpStream stream, int size, long flags, bool nonBlocking, Message? message)
    {
        byte[] buffer = new byte[size];
        bool peek = (flags & Constants.MSG_PEEK) != 0;
        using CancellationTokenSource cancel = Bound(nonBlocking, socket.Options.ReceiveTimeout);
        TcpReceiveFlags how = (peek ? TcpReceiveFlags.Peek : TcpReceiveFlags.None)
            | ((flags & Constants.MSG_WAITALL) != 0 && !nonBlocking ? TcpReceiveFlags.WaitAll : TcpReceiveFlags.None);
        try
        {
            Task<int> reading = stream.ReceiveAsync(buffer, how, cancel.Token).AsTask();
            if (!reading.IsCompleted && nonBlocking)
                Cancel(cancel);
            int count = await reading.ConfigureAwait(false);
            int wrong = (flags & Constants.MSG_TRUNC) != 0 ? -1 : Stuffing.FirstWrong(socket.BytesRead, buffer.AsSpan(0, count));
            if (wrong >= 0)
                return new CallOutcome(count, Wrong: FormattableString.Invariant($"{count} bytes, of which byte {socket.BytesRead + wrong} of the stream is not the one that was sent"));
            socket.BytesRead += peek ? 0 : count;
            return new CallOutcome(count, Wrong: message?.Difference(0, count > 0 && socket.Options.Inq ? [WhatIsLeft(stream)] : [], 0));
        }
        catch (OperationCanceledException)
        {
            return CallOutcome.Error("EAGAIN");
        }
        catch (NetworkException)
        {
            return socket.TakeError() is { } error ? CallOutcome.Error(error) : default;
        }
        catch (ObjectDisposedException)
        {
            return CallOutcome.Error("EBADF");
        }
    }

    // After the peer's FIN there is always "one more", so that somebody who reads on until zero is told of the end.
    private static Message.Control WhatIsLeft(TcpStream stream) =>
        new(Constants.Value("SOL_TCP")!.Value, Constants.Value("TCP_CM_INQ")!.Value,
            ("", stream.Statistics.Unread is var unread && unread == 0 && stream.IsPeerClosed ? 1 : stream.Statistics.Unread));

    private CallOutcome ReceiveReport(ScriptSocket socket, Message? message)
    {
        OnProgress();
        if (socket.Reports?.Take(options.IpVersion != ScriptIpVersion.IPv4) is not { } controls)
            return CallOutcome.Error("EAGAIN");
        // The packet itself, which comes with the report, does not fit into a buffer of no bytes.
        long flags = Constants.MSG_ERRQUEUE | Constants.MSG_TRUNC;
        return new CallOutcome(0, Wrong: message?.Difference(flags, controls, (long)options.Tolerance.TotalNanoseconds));
    }

    private static Message MessageOf(SystemCall call) =>
        Argument(call, 1) is StructExpression given ? new Message(call, given) : throw ScriptEndedException.Skipped(call, $"{call.Name} without a message");

    private static int SizeOf(SystemCall call, Expression? vector)
    {
        if (vector is null && call.Name is not ("readv" or "writev" or "recvmsg" or "sendmsg"))
            return (int)Math.Clamp(Number(call, 2), 0, MostBytes);
        if ((vector ?? Argument(call, 1)) is not ListExpression list)
            throw ScriptEndedException.Skipped(call, $"{call.Name} without a list of buffers");
        return (int)Math.Clamp(list.Items.Sum(item => item is StructExpression { Fields: [.., { Value: NumberExpression length }] } ? length.Value : 0), 0, MostBytes);
    }
}
