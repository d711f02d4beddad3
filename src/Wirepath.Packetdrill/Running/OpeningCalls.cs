using Wirepath.Stack;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

// socket, bind, listen, accept, connect.
internal sealed partial class SystemCalls
{
    private const long StreamType = 1;
    private const long TypeMask = 0xf;
    private const long Tcp = 6;
    private const long Inet = 2;
    private const long Inet6 = 10;

    private CallOutcome Socket(SystemCall call)
    {
        long domain = Argument(call, 0) is AnyExpression ? Inet : Number(call, 0);
        long type = Argument(call, 1) is AnyExpression ? StreamType : Number(call, 1);
        long protocol = Argument(call, 2) is AnyExpression ? 0 : Number(call, 2);
        if ((type & ~(TypeMask | Constants.SOCK_NONBLOCK | Constants.SOCK_CLOEXEC)) != 0)
            return CallOutcome.Error("EINVAL");
        if (domain is not (Inet or Inet6))
            return domain is >= 0 and < 46 ? throw ScriptEndedException.Skipped(call, $"sockets of {Written(call, 0)}") : CallOutcome.Error("EAFNOSUPPORT");
        if ((type & TypeMask) != StreamType)
            return (type & TypeMask) is 0 or > 10 ? CallOutcome.Error("EINVAL") : throw ScriptEndedException.Skipped(call, $"sockets of {Written(call, 1)}");
        if (protocol is not (0 or Tcp))
        {
            return protocol is 132 or 262 ? throw ScriptEndedException.Skipped(call, $"sockets of {Written(call, 2)}")
                : CallOutcome.Error(protocol is < 0 or > 262 ? "EINVAL" : "EPROTONOSUPPORT");
        }

        return new CallOutcome(Add(call, new ScriptSocket(new SocketOptions(host.Settings.Tcp)) { IsNonBlocking = (type & Constants.SOCK_NONBLOCK) != 0 }));
    }

    private static string Written(SystemCall call, int index) =>
        Argument(call, index) is SymbolExpression symbols ? string.Join('|', symbols.Names) : FormattableString.Invariant($"{Number(call, index)}");

    private CallOutcome Bind(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return NoSocket(call);
        if (Argument(call, 1) is StructExpression given && given["sa_family"] is SymbolExpression family && !family.Has("AF_INET") && !family.Has("AF_INET6"))
            return CallOutcome.Error("EAFNOSUPPORT");
        if (IsNull(Argument(call, 1)))
            return CallOutcome.Error("EFAULT");
        if (socket.IsBound || socket.Stream is not null || socket.Acceptor is not null)
            return CallOutcome.Error("EINVAL");
        IpEndpoint local = Address(call, 1) ?? new IpEndpoint(options.IsIpv6Wire ? IpAddress.AnyV6 : IpAddress.AnyV4, options.BindPort);
        bool mine = local.Address.IsUnspecified || local.Address.IsLoopback || host.Interfaces.Any(i => i.Addresses.Any(a => a.Address == local.Address));
        if (!mine && socket.Options.Kept("IP_FREEBIND") is null or 0)
            return CallOutcome.Error("EADDRNOTAVAIL");
        if (local.Port != 0 && _all.Exists(other => other != socket && Excludes(other, socket, local)))
            return CallOutcome.Error("EADDRINUSE");
        (socket.Local, socket.IsBound) = (local, true);
        return default;
    }

    // Two sockets may share a port when both said so, and neither listens.
    private bool Excludes(ScriptSocket other, ScriptSocket socket, IpEndpoint local)
    {
        if (!_descriptors.ContainsValue(other) || !other.IsBound || other.Local.Port != local.Port)
            return false;
        if (other.Local.Address != local.Address && !other.Local.Address.IsUnspecified && !local.Address.IsUnspecified)
            return false;
        bool share = other.Options.Kept("SO_REUSEADDR") is > 0 && socket.Options.Kept("SO_REUSEADDR") is > 0 && other.Acceptor is null;
        return !share && !(other.Options.Kept("SO_REUSEPORT") is > 0 && socket.Options.Kept("SO_REUSEPORT") is > 0);
    }

    private CallOutcome Listen(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return NoSocket(call);
        if (socket.Acceptor is not null)
            return default;
        if (socket.Stream is not null || socket.IsConnecting)
            return CallOutcome.Error("EINVAL");
        try
        {
            socket.Acceptor = host.Listen(socket.Local, (int)Math.Clamp(Number(call, 1), 0, int.MaxValue), socket.Options.Settings);
        }
        catch (NetworkException)
        {
            return CallOutcome.Error("EADDRINUSE");
        }

        socket.Options.ApplyTo(socket.Acceptor);
        socket.Acceptor.Signaled = () => socket.Change(TcpSignals.Readable);
        Listening?.Invoke();
        return default;
    }

    private async Task<CallOutcome> AcceptAsync(SystemCall call)
    {
        if (Find(call) is not { } listening)
            return NoSocket(call);
        long flags = call.Name == "accept4" ? Number(call, 3) : 0;
        if ((flags & ~(Constants.SOCK_NONBLOCK | Constants.SOCK_CLOEXEC)) != 0 || listening.Acceptor is not { } acceptor)
            return CallOutcome.Error("EINVAL");
        using CancellationTokenSource cancel = Bound(listening.IsNonBlocking, listening.Options.ReceiveTimeout);
        Task<TcpStream> accepting = acceptor.AcceptAsync(cancel.Token).AsTask();
        if (!accepting.IsCompleted && listening.IsNonBlocking)
            Cancel(cancel);
        try
        {
            TcpStream stream = await accepting.ConfigureAwait(false);
            var socket = new ScriptSocket(new SocketOptions(listening.Options) { Settings = stream.Settings })
            {
                IsNonBlocking = (flags & Constants.SOCK_NONBLOCK) != 0, IsConnectTold = true,
            };
            socket.Connected(stream);
            return new CallOutcome(Add(call, socket), Wrong: DifferentAddress(call, stream.Id.Remote));
        }
        catch (OperationCanceledException)
        {
            return CallOutcome.Error("EAGAIN");
        }
        catch (ObjectDisposedException)
        {
            return CallOutcome.Error("EINVAL");
        }
    }

    private async Task<CallOutcome> ConnectAsync(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return NoSocket(call);
        if (Argument(call, 1) is StructExpression given && given["sa_family"] is SymbolExpression family && family.Has("AF_UNSPEC"))
            return Disconnect(socket);
        if (IsNull(Argument(call, 1)))
            return CallOutcome.Error("EFAULT");
        if (socket.Acceptor is not null || socket.IsConnectTold)
            return CallOutcome.Error("EISCONN");
        if (socket.IsConnecting && socket.IsNonBlocking)
            return CallOutcome.Error("EALREADY");
        if (socket.Connecting is null)
        {
            IpEndpoint remote = Address(call, 1) ?? new IpEndpoint(options.RemoteIp, options.ConnectPort);
            Opening?.Invoke(remote);
            socket.Connect = new CancellationTokenSource();
            socket.Connecting = OpenAsync(socket, socket.Options.ForConnect(socket.Local), remote);
            if (socket.IsConnecting && socket.IsNonBlocking)
                return CallOutcome.Error("EINPROGRESS");
        }

        else if (socket.IsAwaitingSynAnswer && socket.IsNonBlocking)
        {
            return CallOutcome.Error("EALREADY");
        }

        if (!await WaitForOpeningAsync(socket).ConfigureAwait(false))
            return CallOutcome.Error("EINPROGRESS");
        if (socket.Stream is null)
        {
            socket.Connecting = null;
            return CallOutcome.Error(socket.TakeError() ?? "ECONNABORTED");
        }

        socket.IsConnectTold = true;
        // It may have ended before anybody asked.
        return socket.TakeError() is { } error ? CallOutcome.Error(error) : default;
    }

    private async Task OpenAsync(ScriptSocket socket, TcpSocketOptions wanted, IpEndpoint remote)
    {
        try
        {
            socket.Connected(await host.ConnectAsync(remote, wanted, socket.Connect!.Token).ConfigureAwait(false));
            socket.IsSynDeferred = socket.IsAwaitingSynAnswer;
        }
        catch (NetworkException failed)
        {
            socket.ConnectError = Errno.Of(failed.End, afterFin: false) ?? "ECONNABORTED";
        }
        catch (OperationCanceledException)
        {
            // The script has closed it, or taken it back.
        }

        socket.Change(TcpSignals.Established | TcpSignals.Writable | (socket.Stream is null ? TcpSignals.Ended | TcpSignals.Readable : TcpSignals.None));
    }

    private static bool MayFastOpen(ScriptSocket socket) => (socket.Options.Settings.FastOpen & Constants.FastOpenClient) != 0;

    /// <summary>What MSG_FASTOPEN is answered with before anything is done; null: go on.</summary>
    private static CallOutcome? RefuseFastOpen(SystemCall call, ScriptSocket socket, bool nonBlocking)
    {
        if (!MayFastOpen(socket) || (call.Name == "sendto" && IsUnspecified(Argument(call, 4))))
            return CallOutcome.Error("EOPNOTSUPP");
        if (call.Name == "sendto" && IsNull(Argument(call, 4)) && socket.Stream is null)
            return CallOutcome.Error("EINVAL");
        bool opening = socket.IsConnecting || (!socket.IsSynDeferred && socket.IsAwaitingSynAnswer);
        return opening && nonBlocking ? CallOutcome.Error("EALREADY") : null;
    }

    private static bool IsUnspecified(Expression? address) =>
        address is SymbolExpression { Names: ["AF_UNSPEC"] } || (address is StructExpression given && given["sa_family"] is SymbolExpression family && family.Has("AF_UNSPEC"));

    /// <summary>MSG_FASTOPEN: connect and write in one.</summary>
    /// <returns>Null when there is a connection to write to, or one whose SYN waits for what is written.</returns>
    private async Task<CallOutcome?> OpenFastAsync(SystemCall call, ScriptSocket socket, byte[] bytes, bool nonBlocking)
    {
        IpEndpoint remote = (call.Name == "sendto" ? Address(call, 4) : null) ?? new IpEndpoint(options.RemoteIp, options.ConnectPort);
        Opening?.Invoke(remote);
        socket.Connect = new CancellationTokenSource();
        // Without bytes it is a connect like any other. Who may wait hands over what he has, and it follows the SYN if it cannot go with it.
        int along = nonBlocking ? 0 : Math.Min(bytes.Length, socket.Options.Settings.SendBuffer.Default / 2);
        TcpSocketOptions wanted = socket.Options.ForConnect(socket.Local) with
        {
            FastOpen = true, FastOpenOnWrite = bytes.Length > 0, InitialBytes = bytes.AsMemory(0, along),
        };
        socket.Wrote(bytes.AsSpan(0, along));
        socket.TakenBeforeOpening = along;
        socket.Connecting = OpenAsync(socket, wanted, remote);
        if (socket.IsConnecting && nonBlocking)
            return CallOutcome.Error("EINPROGRESS");
        if (!await WaitForOpeningAsync(socket).ConfigureAwait(false))
            return CallOutcome.Error("EINPROGRESS");
        if (socket.Stream is null)
        {
            socket.Connecting = null;
            return CallOutcome.Error(socket.TakeError() ?? "ECONNABORTED");
        }

        socket.IsConnectTold = !socket.IsAwaitingSynAnswer;
        return null;
    }

    /// <returns>False when SO_SNDTIMEO has passed before.</returns>
    private async Task<bool> WaitForOpeningAsync(ScriptSocket socket)
    {
        if (socket.Connecting is not { } connecting)
            return true;
        using CancellationTokenSource bound = Bound(isNonBlocking: false, socket.Options.SendTimeout);
        try
        {
            await connecting.WaitAsync(bound.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // connect to AF_UNSPEC: what was there is gone, and the socket is as new.
    private static CallOutcome Disconnect(ScriptSocket socket)
    {
        if (socket.IsConnecting)
            socket.Connect?.Cancel();
        else
            socket.Stream?.Abort();
        socket.Forget();
        return default;
    }

    private CallOutcome CompareAddress(SystemCall call, Func<ScriptSocket, IpEndpoint?> address)
    {
        if (Find(call) is not { } socket)
            return NoSocket(call);
        return address(socket) is { } actual ? new CallOutcome(0, Wrong: DifferentAddress(call, actual)) : CallOutcome.Error("ENOTCONN");
    }

    // Only a script that writes an address out wants it compared.
    private static string? DifferentAddress(SystemCall call, IpEndpoint actual) =>
        Address(call, 1) is { } expected && expected != actual ? actual.ToString() : null;
}
