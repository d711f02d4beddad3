using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>What a file descriptor of a script stands for.</summary>
internal sealed class ScriptSocket(TcpSettings settings)
{
    private readonly List<byte> _written = [];

    public TcpSettings Settings { get; set; } = settings;

    /// <summary>From bind.</summary>
    public IpEndpoint Local { get; set; }

    public TcpAcceptor? Acceptor { get; set; }

    /// <summary>Under way, or over.</summary>
    public Task<TcpStream>? Connecting { get; set; }

    public CancellationTokenSource? Connect { get; set; }

    public TcpStream? Stream { get; set; }

    public bool IsNonBlocking { get; set; }

    public bool NoDelay { get; set; }

    public bool KeepAlive { get; set; }

    /// <summary>SO_LINGER with a time of zero: close aborts.</summary>
    public bool AbortsOnClose { get; set; }

    /// <summary>SO_ERROR: told once.</summary>
    public string? PendingError { get; set; }

    public bool HasFailed { get; private set; }

    public bool IsSendClosed { get; set; }

    public bool IsReadClosed { get; set; }

    /// <summary>Bytes that the application has read.</summary>
    public long BytesRead { get; set; }

    /// <summary>What the application has written, for comparison with what leaves.</summary>
    public IReadOnlyList<byte> Written => _written;

    public void Wrote(ReadOnlySpan<byte> bytes) => _written.AddRange(bytes);

    public void Unwrote(int bytes) => _written.RemoveRange(_written.Count - bytes, bytes);

    public void Connected(TcpStream stream)
    {
        Stream = stream;
        if (NoDelay)
            stream.NoDelay = true;
        if (KeepAlive)
            stream.KeepAlive = true;
    }

    /// <summary>A call failed: the name of the error; the first time as it was, later what is left of it.</summary>
    public string Fail(NetworkException error, string later)
    {
        bool first = !HasFailed;
        HasFailed = true;
        return first ? Errno(error) : later;
    }

    public static string Errno(NetworkException error) => error.End switch
    {
        ConnectionEnd.Refused => "ECONNREFUSED",
        ConnectionEnd.ResetByPeer => "ECONNRESET",
        ConnectionEnd.Aborted => "ECONNABORTED",
        ConnectionEnd.TimedOut or ConnectionEnd.KeepAliveFailed => "ETIMEDOUT",
        ConnectionEnd.Unreachable => "EHOSTUNREACH",
        ConnectionEnd.NotSent => "EADDRNOTAVAIL",
        ConnectionEnd.Closed => "ENOTCONN",
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };
}
