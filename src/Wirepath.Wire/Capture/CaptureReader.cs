namespace Wirepath.Wire;

/// <summary>
/// Reads pcapng and classic pcap files of either byte order, packet by packet. A damaged file ends early, with
/// <see cref="Problem"/> saying where and why; nothing throws but the stream itself.
/// </summary>
public sealed class CaptureReader
{
    /// <summary>Bytes: far above any packet, far below what a lying length could ask for.</summary>
    public const int MaxBlockSize = 16 * 1024 * 1024;

    private readonly Stream _stream;
    private readonly CaptureFormat? _format;
    private long _offset;

    /// <param name="stream">Read from its position on; it need not be seekable.</param>
    public CaptureReader(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        byte[] magic = new byte[4];
        if (!TryFillOrEnd(magic))
            Fail("the file is empty");
        else if (PcapngFormat.Recognizes(magic))
            _format = new PcapngFormat(this);
        else if (PcapFormat.TryRecognize(this, magic, out PcapFormat? pcap))
            _format = pcap;
        else
            Fail("this is neither a pcapng nor a pcap file");
    }

    /// <summary>Interfaces of all sections so far; they appear before their first packet.</summary>
    public IReadOnlyList<CaptureInterface> Interfaces => InterfaceList;

    /// <summary>TLS secrets found so far, in the format of SSLKEYLOGFILE.</summary>
    public IReadOnlyList<string> TlsKeys => TlsKeyList;

    /// <summary>Why reading stopped before the end of the file; null when it did not.</summary>
    public string? Problem { get; private set; }

    internal List<CaptureInterface> InterfaceList { get; } = [];

    internal List<string> TlsKeyList { get; } = [];

    /// <summary>Reads on to the next packet.</summary>
    /// <returns>False at the end of the file, and at the first damage: then <see cref="Problem"/> is set.</returns>
    public bool TryReadNext(out CapturedPacket packet)
    {
        packet = null!;
        return Problem is null && _format is not null && _format.TryReadNext(out packet);
    }

    internal bool Fail(string problem)
    {
        Problem ??= string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{problem} (near byte {_offset})");
        return false;
    }

    /// <summary>Reads exactly so many bytes. When there are none at all, that is the end and no problem.</summary>
    internal bool TryFillOrEnd(Span<byte> buffer)
    {
        int read = _stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        _offset += read;
        return read == buffer.Length || (read != 0 && Fail("the file ends in the middle of a block"));
    }

    /// <summary>Reads exactly so many bytes; fewer are a problem.</summary>
    internal bool TryFill(Span<byte> buffer) => buffer.IsEmpty || TryFillOrEnd(buffer) || Fail("the file ends in the middle of a block");
}

internal abstract class CaptureFormat
{
    public abstract bool TryReadNext(out CapturedPacket packet);
}
