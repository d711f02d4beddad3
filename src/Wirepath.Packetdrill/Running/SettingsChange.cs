using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

// A sysctl while sockets are open.
internal sealed partial class SystemCalls
{
    /// <summary>
    /// Applies a change of the host's settings to sockets that exist already. Buffers keep the sizes that they were made with, as on
    /// Linux; what a connection has agreed on with its peer stays agreed.
    /// </summary>
    public void Change(Func<TcpSettings, TcpSettings> change)
    {
        foreach (ScriptSocket socket in _all)
        {
            TcpSettings before = socket.Options.Settings;
            socket.Options.Settings = change(before) with { ReceiveBuffer = before.ReceiveBuffer, SendBuffer = before.SendBuffer, CongestionControl = before.CongestionControl };
            if (socket.Stream is { } stream)
                stream.Settings = socket.Options.Settings;
            if (socket.Acceptor is { } acceptor)
                acceptor.Settings = socket.Options.Settings;
        }
    }
}
