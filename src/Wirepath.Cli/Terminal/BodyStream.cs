namespace Wirepath.Cli;

/// <summary>
/// Where the page goes. Writes happen at once, on the caller's thread: a console's or a file's own asynchronous write moves
/// to the thread pool, and in virtual time that would let the clock run on while the page is being printed.
/// </summary>
internal sealed class BodyStream(Stream inner) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException("The length of the output is not known.");

    public override long Position
    {
        get => throw new NotSupportedException("The output has no position.");
        set => throw new NotSupportedException("The output has no position.");
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The output cannot be read.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The output has no position.");

    public override void SetLength(long value) => throw new NotSupportedException("The output has no length to set.");

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        inner.Write(buffer, offset, count);
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        inner.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
