using System.Text;
using Wirepath.Stack;
using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

// write, in its variants.
internal sealed partial class SystemCalls
{
    private const long SendFlags = Constants.MSG_DONTWAIT | Constants.MSG_FASTOPEN | Constants.MSG_MORE | Constants.MSG_EOR | 0x4000 | 4 | 0x800;

    private async Task<CallOutcome> SendAsync(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return CallOutcome.Error(_descriptors.ContainsKey((int)Number(call, 0)) ? "EINVAL" : "EBADF");
        Message? message = call.Name == "sendmsg" ? MessageOf(call) : null;
        long flags = call.Name switch { "send" or "sendto" => Number(call, 3), "sendmsg" => Number(call, 2), _ => 0 };
        RequireOffered(call, flags);
        bool nonBlocking = socket.IsNonBlocking || (flags & Constants.MSG_DONTWAIT) != 0;
        if ((flags & Constants.MSG_FASTOPEN) != 0 && socket.Stream is null && socket.Connecting is null && socket.Acceptor is null
            && await OpenFastAsync(call, socket, nonBlocking).ConfigureAwait(false) is { } early)
            return early;
        if (socket.IsConnecting)
        {
            if (nonBlocking || !await WaitForOpeningAsync(socket).ConfigureAwait(false))
                return CallOutcome.Error("EAGAIN");
        }

        if (socket.TakeError() is { } error)
            return CallOutcome.Error(error);
        if (socket.Stream is not { } stream || socket.IsSendClosed || stream.End is not null)
            return CallOutcome.Error("EPIPE");
        int size = SizeOf(call, message?.Vector);
        if (size > 0 && message is null && call.Name != "writev" && IsNull(Argument(call, 1)))
            return CallOutcome.Error("EFAULT");
        if (size == 0)
            return default;
        return await SendAsync(socket, stream, Content(call, size, socket.Written.Count), flags, nonBlocking).ConfigureAwait(false);
    }

    private static void RequireOffered(SystemCall call, long flags)
    {
        if ((flags & Constants.MSG_ZEROCOPY) != 0)
            throw ScriptEndedException.Skipped(call, "MSG_ZEROCOPY");
        if ((flags & Constants.MSG_OOB) != 0)
            throw ScriptEndedException.Skipped(call, "MSG_OOB: nothing is sent as urgent (RFC 6093)");
        if ((flags & ~SendFlags) != 0)
            throw ScriptEndedException.Skipped(call, $"{call.Name} with flags 0x{flags & ~SendFlags:x}");
    }

    private async Task<CallOutcome> SendAsync(ScriptSocket socket, TcpStream stream, byte[] bytes, long flags, bool nonBlocking)
    {
        socket.Wrote(bytes);
        TcpWriteFlags how = ((flags & Constants.MSG_MORE) != 0 ? TcpWriteFlags.More : TcpWriteFlags.None)
            | ((flags & Constants.MSG_EOR) != 0 ? TcpWriteFlags.EndOfRecord : TcpWriteFlags.None);
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
