using System.Buffers.Binary;
using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>
/// A line for each answer: time, client, carrier, name, class, type, response code, flags of the answer, bytes, milliseconds.
/// A log that cannot be written is given up, never the server.
/// </summary>
public sealed class QueryLog(TextWriter writer, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private bool _isBroken;

    /// <summary>Why it was given up; null while it works.</summary>
    public string? Problem { get; private set; }

    public void Dispose()
    {
        lock (_lock)
        {
            if (!_isBroken)
                Try(writer.Dispose);
            _isBroken = true;
        }
    }

    public void Flush()
    {
        lock (_lock)
        {
            if (!_isBroken)
                Try(writer.Flush);
        }
    }

    internal void Write(ReadOnlySpan<byte> response, IpEndpoint client, Carrier carrier, TimeSpan took)
    {
        if (_isBroken || !DnsHeader.TryRead(response, out DnsHeader header))
            return;
        int at = DnsHeader.Size;
        string question = "-";
        if (header.QuestionCount == 1 && DomainName.TryRead(response, ref at, out DomainName name) && response.Length >= at + 4)
        {
            question = $"{name} {DnsMnemonic.Of((DnsClass)BinaryPrimitives.ReadUInt16BigEndian(response[(at + 2)..]))} " +
                DnsMnemonic.Of((DnsType)BinaryPrimitives.ReadUInt16BigEndian(response[at..]));
        }

        string line = string.Create(CultureInfo.InvariantCulture,
            $"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'} {client} {carrier.ToString().ToLowerInvariant()} {question} {header.Rcode.ToString().ToUpperInvariant()} {Flags(header.Flags)} {response.Length} {took.TotalMilliseconds:0.###}\n");
        lock (_lock)
        {
            if (!_isBroken)
                Try(() => writer.Write(line));
        }
    }

    private static string Flags(DnsFlags flags)
    {
        string text = ((flags & DnsFlags.AA) != 0 ? "aa," : "") + ((flags & DnsFlags.TC) != 0 ? "tc," : "") + ((flags & DnsFlags.AD) != 0 ? "ad," : "");
        return text.Length == 0 ? "-" : text[..^1];
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            (_isBroken, Problem) = (true, e.Message);
        }
    }
}
