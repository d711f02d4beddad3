using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

// poll and epoll.
internal sealed partial class SystemCalls
{
    private static readonly (string Name, long Bit)[] s_pollNames =
    [
        ("IN", Constants.POLLIN), ("PRI", Constants.POLLPRI), ("OUT", Constants.POLLOUT), ("ERR", Constants.POLLERR), ("HUP", Constants.POLLHUP),
        ("NVAL", Constants.POLLNVAL), ("RDNORM", Constants.POLLRDNORM), ("WRNORM", Constants.POLLWRNORM), ("RDHUP", Constants.POLLRDHUP),
    ];

    private sealed record PollEntry(StructExpression Written, ScriptSocket? Socket, bool IsKnown, bool IsIgnored, long Asked)
    {
        public long Found => IsIgnored ? 0 : !IsKnown ? Constants.POLLNVAL : Socket is null ? 0 : Socket.Events & (Asked | Constants.POLLERR | Constants.POLLHUP);
    }

    private async Task<CallOutcome> PollAsync(SystemCall call)
    {
        if (Argument(call, 0) is not ListExpression list)
            return CallOutcome.Error(Number(call, 1) == 0 ? "EINVAL" : "EFAULT");
        List<PollEntry> entries = [.. list.Items.OfType<StructExpression>().Select(written => Entry(call, written))];
        foreach (PollEntry entry in entries)
        {
            if ((entry.Asked & Constants.POLLOUT) != 0 && (entry.Found & Constants.POLLOUT) == 0)
                entry.Socket?.Stream?.SignalWhenWritable();
        }

        await WaitAsync(() => entries.Exists(e => e.Found != 0), [.. entries.Select(e => e.Socket).OfType<ScriptSocket>().Distinct()], Number(call, 2)).ConfigureAwait(false);
        string? wrong = null;
        foreach (PollEntry entry in entries)
        {
            if (entry.Written["revents"] is { } expected and not AnyExpression && Value(call, expected, "revents") != entry.Found)
                wrong ??= $"revents={Names("POLL", entry.Found)}";
        }

        return new CallOutcome(entries.Count(e => e.Found != 0), Wrong: wrong);
    }

    private PollEntry Entry(SystemCall call, StructExpression written)
    {
        int descriptor = (int)Value(call, written["fd"], "fd");
        return new PollEntry(written, Find(descriptor), _descriptors.ContainsKey(descriptor), descriptor < 0, Value(call, written["events"], "events"));
    }

    /// <summary>Waits until something is ready.</summary>
    /// <param name="condition">True when it is.</param>
    /// <param name="sockets">Whose changes may make it true.</param>
    /// <param name="milliseconds">-1: for ever.</param>
    private async Task WaitAsync(Func<bool> condition, IReadOnlyList<ScriptSocket> sockets, long milliseconds)
    {
        if (milliseconds == 0 || condition())
            return;
        var done = new TaskCompletionSource();
        Action<TcpSignals> look = _ =>
        {
            if (condition())
                done.TrySetResult();
        };
        foreach (ScriptSocket socket in sockets)
            socket.Changed += look;
        using (host.Time.CreateTimer(_ => done.TrySetResult(), null, milliseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan))
            await done.Task.ConfigureAwait(false);
        foreach (ScriptSocket socket in sockets)
            socket.Changed -= look;
    }

    private static string Names(string prefix, long events) =>
        events == 0 ? "0" : string.Join('|', s_pollNames.Where(n => (events & n.Bit) != 0).Select(n => prefix + n.Name));

    // ---- epoll -----------------------------------------------------------------------------------------------------

    private CallOutcome CreateEpoll(SystemCall call)
    {
        long argument = Number(call, 0);
        bool isFlags = call.Name == "epoll_create1";
        if (isFlags ? (argument & ~Constants.SOCK_CLOEXEC) != 0 : argument <= 0)
            return CallOutcome.Error("EINVAL");
        return new CallOutcome(Add(call, new Epoll()));
    }

    private CallOutcome ControlEpoll(SystemCall call)
    {
        int descriptor = (int)Number(call, 2);
        if (!_descriptors.TryGetValue((int)Number(call, 0), out object? first) || !_descriptors.ContainsKey(descriptor))
            return CallOutcome.Error("EBADF");
        if (first is not Epoll epoll || ReferenceEquals(first, _descriptors[descriptor]))
            return CallOutcome.Error("EINVAL");
        if (Find(descriptor) is not { } socket)
            throw ScriptEndedException.Skipped(call, "epoll of something that is no socket");
        long operation = Number(call, 1);
        (long events, long cookie) = operation == 2 ? (0, 0) : Asked(call, Argument(call, 3));
        switch (operation)
        {
            case 1 when epoll.Has(descriptor):
                return CallOutcome.Error("EEXIST");
            case 1:
                epoll.Add(descriptor, socket, events, cookie);
                return default;
            case 2 or 3 when !epoll.Has(descriptor):
                return CallOutcome.Error("ENOENT");
            case 2:
                epoll.Remove(descriptor);
                return default;
            case 3:
                epoll.Modify(descriptor, events, cookie);
                return default;
            default:
                return CallOutcome.Error("EINVAL");
        }
    }

    // {events=EPOLLIN|EPOLLET, fd=4}; the second may also be ptr, u32 or u64: it is told as it was given.
    private static (long Events, long Cookie) Asked(SystemCall call, Expression? written)
    {
        if (written is ListExpression { Items: [StructExpression only] })
            written = only;
        return written is StructExpression { Fields: [_, var cookie, ..] } given
            ? (Value(call, given["events"], "events"), Value(call, cookie.Value, cookie.Key))
            : throw ScriptEndedException.Skipped(call, $"{call.Name} without an event");
    }

    private async Task<CallOutcome> WaitEpollAsync(SystemCall call)
    {
        if (!_descriptors.TryGetValue((int)Number(call, 0), out object? found))
            return CallOutcome.Error("EBADF");
        int most = (int)Number(call, 2);
        if (found is not Epoll epoll || most <= 0)
            return CallOutcome.Error("EINVAL");
        IReadOnlyList<(long Events, long Cookie)> taken = epoll.Take(most);
        long milliseconds = Number(call, 3);
        if (taken.Count == 0 && milliseconds != 0)
        {
            var done = new TaskCompletionSource();
            epoll.Woken = () =>
            {
                if (epoll.HasReady)
                    done.TrySetResult();
            };
            using (host.Time.CreateTimer(_ => done.TrySetResult(), null, milliseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan))
                await done.Task.ConfigureAwait(false);
            epoll.Woken = null;
            taken = epoll.Take(most);
        }

        return new CallOutcome(taken.Count, Wrong: Difference(call, taken));
    }

    // When nothing is ready the memory is left as it was, and says nothing.
    private static string? Difference(SystemCall call, IReadOnlyList<(long Events, long Cookie)> taken)
    {
        IReadOnlyList<Expression> written = Argument(call, 1) switch
        {
            StructExpression one => [one],
            ListExpression list => list.Items,
            _ => [],
        };
        for (int i = 0; i < Math.Min(written.Count, taken.Count); i++)
        {
            if (written[i] is StructExpression && Asked(call, written[i]) is var expected && (expected.Events != taken[i].Events || expected.Cookie != taken[i].Cookie))
                return FormattableString.Invariant($"{{events={Names("EPOLL", taken[i].Events)}, fd={taken[i].Cookie}}}");
        }

        return null;
    }
}
