namespace Wirepath.Stack;

/// <summary>How <see cref="TcpStream.ReceiveAsync"/> reads.</summary>
[Flags]
public enum TcpReceiveFlags
{
    None = 0,

    /// <summary>The bytes stay: the next read gives them again.</summary>
    Peek = 1,

    /// <summary>Waits until the buffer is full or the stream ends.</summary>
    WaitAll = 2,
}
