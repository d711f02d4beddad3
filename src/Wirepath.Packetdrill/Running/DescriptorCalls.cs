using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

// shutdown, close, fcntl, ioctl.
internal sealed partial class SystemCalls
{
    private const long ReadWrite = 2;

    private CallOutcome Shutdown(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return NoSocket(call);
        long how = Number(call, 1);
        if (how is < 0 or > 2)
            return CallOutcome.Error("EINVAL");
        bool receive = how != 1;
        bool send = how != 0;
        if (socket.Acceptor is { } acceptor)
        {
            // Back to an unconnected socket; what waited is reset.
            if (receive)
            {
                acceptor.Dispose();
                socket.Acceptor = null;
                socket.Change(TcpSignals.Readable | TcpSignals.Ended);
            }

            return default;
        }

        if (socket.IsConnecting)
            return Disconnect(socket);
        if (socket.Stream is not { } stream || stream.Statistics.State is TcpState.Closed or TcpState.TimeWait)
            return CallOutcome.Error("ENOTCONN");
        socket.IsReadClosed |= receive;
        socket.IsSendClosed |= send;
        if (receive)
            stream.CloseReceive();
        if (send)
            stream.CloseSend();
        return default;
    }

    private async Task<CallOutcome> CloseAsync(SystemCall call)
    {
        if (!_descriptors.Remove((int)Number(call, 0), out object? closed))
            return CallOutcome.Error("EBADF");
        if (_descriptors.ContainsValue(closed))
            return default; // it has another name
        if (closed is Epoll epoll)
            epoll.Dispose();
        if (closed is not ScriptSocket socket)
            return default;
        foreach (Epoll watching in _descriptors.Values.OfType<Epoll>())
            watching.Forget(socket);
        socket.Acceptor?.Dispose();
        if (socket.Stream is not { } stream)
        {
            socket.Connect?.Cancel();
            return default;
        }

        if (socket.Options.Linger == TimeSpan.Zero)
        {
            stream.Abort();
            return default;
        }

        stream.Signaled = socket.Change;
        stream.Dispose();
        if (socket.Options.Linger is { } linger && !socket.IsNonBlocking)
            await WaitUntilAsync(() => stream.Statistics.State is not (TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck), linger).ConfigureAwait(false);
        return default;
    }

    // What a close waits for is no application's affair, so no signal tells of it.
    private async Task WaitUntilAsync(Func<bool> condition, TimeSpan bound)
    {
        if (condition())
            return;
        var done = new TaskCompletionSource();
        Action look = () =>
        {
            if (condition())
                done.TrySetResult();
        };
        Progressed += look;
        using (host.Time.CreateTimer(_ => done.TrySetResult(), null, bound, Timeout.InfiniteTimeSpan))
            await done.Task.ConfigureAwait(false);
        Progressed -= look;
    }

    // The lowest free number from the one that is asked for.
    private CallOutcome Duplicate(SystemCall call, int lowest)
    {
        if (!_descriptors.TryGetValue((int)Number(call, 0), out object? what))
            return CallOutcome.Error("EBADF");
        while (_descriptors.ContainsKey(lowest))
            lowest++;
        _descriptors[lowest] = what;
        return new CallOutcome(lowest);
    }

    private CallOutcome DuplicateTo(SystemCall call)
    {
        if (!_descriptors.TryGetValue((int)Number(call, 0), out object? what))
            return CallOutcome.Error("EBADF");
        int number = (int)Number(call, 1);
        if (_descriptors.TryGetValue(number, out object? before) && !ReferenceEquals(before, what))
            throw ScriptEndedException.Skipped(call, "dup2 onto a descriptor in use");
        _descriptors[number] = what;
        return new CallOutcome(number);
    }

    private CallOutcome Fcntl(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return CallOutcome.Error(_descriptors.ContainsKey((int)Number(call, 0)) ? "EINVAL" : "EBADF");
        switch (Number(call, 1))
        {
            case 0 or 1030: // F_DUPFD, F_DUPFD_CLOEXEC
                return Duplicate(call, (int)Number(call, 2));
            case 1 or 2 or 8 or 9: // F_GETFD, F_SETFD, F_SETOWN, F_GETOWN
                return default;
            case 3: // F_GETFL
                return new CallOutcome(ReadWrite | (socket.IsNonBlocking ? Constants.O_NONBLOCK : 0));
            case 4: // F_SETFL
                socket.IsNonBlocking = (Number(call, 2) & Constants.O_NONBLOCK) != 0;
                return default;
            default:
                throw ScriptEndedException.Skipped(call, "fcntl other than F_GETFL and F_SETFL");
        }
    }

    private CallOutcome Ioctl(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return NoSocket(call);
        string name = Written(call, 1);
        if (name is "FIONBIO" or "21537")
        {
            socket.IsNonBlocking = Number(call, 2) != 0;
            return default;
        }

        if (socket.Acceptor is not null && name is "SIOCINQ" or "FIONREAD" or "SIOCOUTQ" or "TIOCOUTQ" or "SIOCOUTQNSD")
            return CallOutcome.Error("EINVAL");
        TcpStatistics now = socket.Stream?.Statistics ?? default;
        return name switch
        {
            "SIOCINQ" or "FIONREAD" => Compare(call, 2, now.Unread),
            "FIONSPACE" => Compare(call, 2, Math.Max(socket.Options.Settings.SendBuffer.Default - now.FlightSize - now.Unsent, 0)),
            "SIOCOUTQ" or "TIOCOUTQ" or "FIONWRITE" => Compare(call, 2, now.FlightSize + now.Unsent),
            "SIOCOUTQNSD" => Compare(call, 2, now.Unsent),
            "SIOCATMARK" => Compare(call, 2, socket.Stream is { IsAtUrgentMark: true, Readiness: var ready } && (ready & TcpReadiness.Urgent) != 0 ? 1 : 0),
            _ => throw ScriptEndedException.Skipped(call, $"ioctl {name}"),
        };
    }
}
