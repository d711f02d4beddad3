using System.Text;
using Wirepath.Stack;
using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

// write, in its variants.
internal sealed partial class SystemCalls
{
    private const long SendFlags = Constants.MSG_DONTWAIT | Constants.MSG_FASTOPEN | Constants.MSG_MORE | Constants.MSG_EOR | Constants.MSG_OOB | 0x4000 | 4 | 0x800;

    private async Task<CallOutcome> SendAsync(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return CallOutcome.Error(_descriptors.ContainsKey((int)Number(call, 0)) ? "EINVAL" : "EBADF");
        Message? message = call.Name == "sendmsg" ? MessageOf(call) : null;
        long flags = call.Name switch { "send" or "sendto" => Number(call, 3), "sendmsg" => Number(call, 2), _ => 0 };
        RequireOffered(call, flags);
        bool nonBlocking = socket.IsNonBlocking || (flags & Constants.MSG_DONTWAIT) != 0;
        int size = SizeOf(call, message?.Vector);
        byte[]? first = null;
        if ((flags & Constants.MSG_FASTOPEN) != 0)
        {
            if (RefuseFastOpen(call, socket, nonBlocking) is { } refusal)
                return refusal;
            if (socket.Stream is not null && !socket.IsSynDeferred && !socket.IsAwaitingSynAnswer && (socket.IsConnectTold || socket.Connect is null))
                return CallOutcome.Error("EISCONN");
            if (socket.Stream is null && socket.Connecting is null && socket.Acceptor is null)
            {
                first = Content(call, size, socket.Written.Count);
                if (await OpenFastAsync(call, socket, first, nonBlocking).ConfigureAwait(false) is { } early)
                    return early;
            }
        }

        if (socket.IsConnecting)
        {
            if (nonBlocking || !await WaitForOpeningAsync(socket).ConfigureAwait(false))
                return CallOutcome.Error("EAGAIN");
        }

        if (socket.TakeError() is { } error)
            return CallOutcome.Error(error);
        if (socket.Stream is not { } stream || socket.IsSendClosed || stream.End is not null)
            return CallOutcome.Error("EPIPE");
        if (size > 0 && message is null && call.Name != "writev" && IsNull(Argument(call, 1)))
            return CallOutcome.Error("EFAULT");
        bool opens = socket.IsSynDeferred;
        socket.IsSynDeferred = false;
        if (size == 0 && !opens)
            return default;
        // Linux counts what it took into the connection before it was there as written by this call.
        int before = first is null ? 0 : socket.TakenBeforeOpening;
        byte[] rest = first is null ? Content(call, size, socket.Written.Count) : first[before..];
        CallOutcome outcome = rest.Length == 0 && !opens ? default : await SendAsync(socket, stream, rest, flags, nonBlocking).ConfigureAwait(false);
        if (opens)
            return await AfterSynAsync(socket, stream, outcome, nonBlocking).ConfigureAwait(false);
        return outcome.Value < 0 && before > 0 ? new CallOutcome(before) : outcome with { Value = outcome.Value + before };
    }

    // The bytes are with the SYN. Who may block waits for its answer, which is the call's.
    private async Task<CallOutcome> AfterSynAsync(ScriptSocket socket, TcpStream stream, CallOutcome outcome, bool nonBlocking)
    {
        if (nonBlocking)
            return outcome.Value == 0 ? CallOutcome.Error("EINPROGRESS") : outcome;
        TimeSpan bound = socket.Options.SendTimeout;
        await WaitAsync(() => !socket.IsAwaitingSynAnswer, [socket], bound > TimeSpan.Zero ? (long)bound.TotalMilliseconds : -1).ConfigureAwait(false);
        if (socket.IsAwaitingSynAnswer)
            return CallOutcome.Error("EINPROGRESS");
        // A connection that never was has taken nothing.
        return stream.End is not null && !stream.IsPeerClosed && socket.TakeError() is { } error ? CallOutcome.Error(error) : outcome;
    }

    private static void RequireOffered(SystemCall call, long flags)
    {
        if ((flags & Constants.MSG_ZEROCOPY) != 0)
            throw ScriptEndedException.Skipped(call, "MSG_ZEROCOPY");
        if ((flags & ~SendFlags) != 0)
            throw ScriptEndedException.Skipped(call, $"{call.Name} with flags 0x{flags & ~SendFlags:x}");
    }

    private async Task<CallOutcome> SendAsync(ScriptSocket socket, TcpStream stream, byte[] bytes, long flags, bool nonBlocking)
    {
        socket.Wrote(bytes);
        TcpWriteFlags how = ((flags & Constants.MSG_MORE) != 0 ? TcpWriteFlags.More : TcpWriteFlags.None)
            | ((flags & Constants.MSG_EOR) != 0 ? TcpWriteFlags.EndOfRecord : TcpWriteFlags.None)
            | ((flags & Constants.MSG_OOB) != 0 ? TcpWriteFlags.Urgent : TcpWriteFlags.None);
        using CancellationTokenSource cancel = Bound(nonBlocking, socket.Options.SendTimeout);
        int taken = 0;
        try
        {
            Task<int> writing = stream.SendAsync(bytes, how, cancel.Token).AsTask();
            if (!writing.IsCompleted && nonBlocking)
                Cancel(cancel);
            taken = await writing.ConfigureAwait(false);
            return new CallOutcome(taken);
        }
        catch (OperationCanceledException)
        {
            return CallOutcome.Error("EAGAIN");
        }
        catch (NetworkException)
        {
            return CallOutcome.Error(socket.TakeError() ?? "EPIPE");
        }
        catch (ObjectDisposedException)
        {
            return CallOutcome.Error("EBADF");
        }
        finally
        {
            socket.Unwrote(bytes.Length - taken);
            if (taken > 0)
                socket.Reports?.Wrote(socket, socket.Options.Timestamping);
        }
    }

    // A text is itself; for "..." each byte tells its place in the stream.
    private static byte[] Content(SystemCall call, int size, long offset)
    {
        byte[] bytes = new byte[size];
        Stuffing.Fill(offset, bytes);
        if (call.Name is not ("writev" or "sendmsg") && Argument(call, 1) is TextExpression text)
            Encoding.Latin1.GetBytes(text.Value).AsSpan(..Math.Min(size, text.Value.Length)).CopyTo(bytes);
        return bytes;
    }
}
