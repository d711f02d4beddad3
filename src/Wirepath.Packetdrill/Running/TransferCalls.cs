using System.Text;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

// read and write, in their variants.
internal sealed partial class SystemCalls
{
    private async Task<CallOutcome> ReadAsync(SystemCall call)
    {
        SymbolExpression? flags = call.Name is "recv" or "recvfrom" ? Symbols(call, 3) : null;
        RequireFlags(call, flags, "MSG_DONTWAIT", "MSG_NOSIGNAL");
        if (Find(call) is not { } socket)
            return CallOutcome.Error("EBADF");
        if (socket.Stream is not { } stream)
            return CallOutcome.Error(socket.Connecting is { IsCompleted: false } && socket.IsNonBlocking ? "EAGAIN" : "ENOTCONN");
        byte[] buffer = new byte[call.Name == "readv" ? Lengths(call).Sum() : Math.Clamp(Number(call, 2), 0, 64 << 20)];
        if (socket.IsReadClosed && stream.Statistics.Unread == 0)
            return default;
        using var cancel = new CancellationTokenSource();
        Task<int> reading = stream.ReadAsync(buffer, cancel.Token).AsTask();
        if (!reading.IsCompleted && (socket.IsNonBlocking || flags?.Has("MSG_DONTWAIT") == true))
            Cancel(cancel);
        try
        {
            int count = await reading.ConfigureAwait(false);
            int wrong = Stuffing.FirstWrong(socket.BytesRead, buffer.AsSpan(0, count));
            long at = socket.BytesRead + wrong;
            socket.BytesRead += count;
            return wrong < 0 ? new CallOutcome(count) : new CallOutcome(count, Wrong: FormattableString.Invariant($"{count} bytes, of which byte {at} of the stream is not the one that was sent"));
        }
        catch (OperationCanceledException)
        {
            return CallOutcome.Error("EAGAIN");
        }
        catch (NetworkException failed)
        {
            if (socket.HasFailed)
                return default; // told once; after that the stream has ended
            return CallOutcome.Error(socket.Fail(failed, ""));
        }
        catch (ObjectDisposedException)
        {
            return CallOutcome.Error("EBADF");
        }
    }

    private async Task<CallOutcome> WriteAsync(SystemCall call)
    {
        SymbolExpression? flags = call.Name is "send" or "sendto" ? Symbols(call, 3) : null;
        RequireFlags(call, flags, "MSG_DONTWAIT", "MSG_NOSIGNAL");
        if (Find(call) is not { } socket)
            return CallOutcome.Error("EBADF");
        if (socket.Stream is not { } stream)
            return CallOutcome.Error(socket.Connecting is { IsCompleted: false } && socket.IsNonBlocking ? "EAGAIN" : "EPIPE");
        if (socket.IsSendClosed)
            return CallOutcome.Error("EPIPE");
        byte[] bytes = Content(call, socket.Written.Count);
        socket.Wrote(bytes);
        long before = stream.Statistics.Unsent;
        using var cancel = new CancellationTokenSource();
        Task writing = stream.WriteAsync(bytes, cancel.Token).AsTask();
        int taken = bytes.Length;
        if (!writing.IsCompleted && (socket.IsNonBlocking || flags?.Has("MSG_DONTWAIT") == true))
        {
            taken = (int)(stream.Statistics.Unsent - before);
            socket.Unwrote(bytes.Length - taken);
            Cancel(cancel);
        }

        try
        {
            await writing.ConfigureAwait(false);
            return new CallOutcome(bytes.Length);
        }
        catch (OperationCanceledException)
        {
            return taken > 0 ? new CallOutcome(taken) : CallOutcome.Error("EAGAIN");
        }
        catch (NetworkException failed)
        {
            return CallOutcome.Error(socket.Fail(failed, "EPIPE"));
        }
        catch (ObjectDisposedException)
        {
            return CallOutcome.Error("EBADF");
        }
    }

    // A text is itself; for "..." each byte tells its place in the stream.
    private static byte[] Content(SystemCall call, long offset)
    {
        if (call.Name != "writev" && Argument(call, 1) is TextExpression text)
            return Encoding.Latin1.GetBytes(text.Value)[..(int)Math.Min(Number(call, 2), text.Value.Length)];
        byte[] bytes = new byte[call.Name == "writev" ? Lengths(call).Sum() : Math.Clamp(Number(call, 2), 0, 64 << 20)];
        Stuffing.Fill(offset, bytes);
        return bytes;
    }

    // [{..., 1000}, {..., 500}]
    private static IEnumerable<long> Lengths(SystemCall call) =>
        Argument(call, 1) is ListExpression list
            ? list.Items.Select(item => item is StructExpression { Fields: [.., { Value: NumberExpression length }] } ? length.Value : 0)
            : throw ScriptEndedException.Skipped(call, $"{call.Name} without a list of buffers");

    private static void RequireFlags(SystemCall call, SymbolExpression? flags, params ReadOnlySpan<string> offered)
    {
        foreach (string name in flags?.Names ?? [])
        {
            if (name != "0" && !offered.Contains(name))
                throw ScriptEndedException.Skipped(call, $"{call.Name} with {name}");
        }
    }

    // Only what can be answered at once: poll with a time-out of its own would need a queue of waiters in the host.
    private CallOutcome Poll(SystemCall call)
    {
        if (Argument(call, 0) is not ListExpression list)
            return CallOutcome.Error("EFAULT");
        int ready = 0;
        string? wrong = null;
        foreach (StructExpression entry in list.Items.OfType<StructExpression>())
        {
            if (entry["fd"] is not NumberExpression descriptor || _sockets.GetValueOrDefault((int)descriptor.Value) is not { } socket)
                return CallOutcome.Error("EBADF");
            if (socket.Acceptor is not null)
                throw ScriptEndedException.Skipped(call, "poll of a listening socket");
            var asked = entry["events"] as SymbolExpression;
            HashSet<string> found = [.. Ready(socket).Where(e => e is "POLLERR" or "POLLHUP" || asked?.Has(e) == true)];
            if (found.Count > 0)
                ready++;
            if (entry["revents"] is SymbolExpression expected && !found.SetEquals(expected.Names.Where(n => n != "0")))
                wrong ??= $"revents={string.Join('|', found.Order(StringComparer.Ordinal))}";
            else if (entry["revents"] is NumberExpression && found.Count > 0)
                wrong ??= $"revents={string.Join('|', found.Order(StringComparer.Ordinal))}";
        }

        if (ready == 0 && Number(call, 2) != 0)
            throw ScriptEndedException.Skipped(call, "a poll that waits");
        return new CallOutcome(ready, Wrong: wrong);
    }

    private static IEnumerable<string> Ready(ScriptSocket socket)
    {
        if (socket.PendingError is not null)
            return ["POLLERR", "POLLHUP", "POLLIN", "POLLOUT"];
        if (socket.Stream is not { } stream)
            return [];
        TcpStatistics now = stream.Statistics;
        bool peerClosed = now.State is TcpState.CloseWait or TcpState.LastAck or TcpState.Closing or TcpState.TimeWait or TcpState.Closed;
        var events = new List<string>();
        if (now.Unread > 0 || peerClosed)
            events.AddRange(["POLLIN", "POLLRDNORM"]);
        if (peerClosed)
            events.Add("POLLRDHUP");
        if (now.State is TcpState.Closed or TcpState.TimeWait)
            events.Add("POLLHUP");
        if (now.State is TcpState.Established or TcpState.CloseWait)
            events.AddRange(["POLLOUT", "POLLWRNORM"]);
        return events;
    }
}
