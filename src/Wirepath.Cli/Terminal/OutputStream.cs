namespace Wirepath.Cli;

/// <summary>
/// Where results go: stdout, or a file. Writes happen at once, on the caller's thread: a console's or a file's own
/// asynchronous write moves to the thread pool, and in virtual time that would let the clock run on while the page is
/// being printed. A write that fails ends nothing by itself: it is remembered, <paramref name="failed"/> is told once, and what
/// follows is dropped.
/// </summary>
internal sealed class OutputStream(Stream inner, Action failed) : Stream
{
    // errno 32, the same on every Linux: who read our output has gone.
    private const int BrokenPipe = 32;

    /// <summary>Why nothing more is written; null as long as all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>The reader of a pipe went away, as <c>head</c> does: no fault of anybody.</summary>
    public bool ReaderLeft { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException("The length of the output is not known.");

    public override long Position
    {
        get => throw new NotSupportedException("The output has no position.");
        set => throw new NotSupportedException("The output has no position.");
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The output cannot be read.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The output has no position.");

    public override void SetLength(long value) => throw new NotSupportedException("The output has no length to set.");

    public override void Flush()
    {
        if (Problem is not null)
            return;
        try
        {
            inner.Flush();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            Fail(failure);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Problem is not null)
            return;
        try
        {
            inner.Write(buffer);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            Fail(failure);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Flush();
            try
            {
                inner.Dispose();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Bytes that it still held.
                Fail(failure);
            }
        }

        base.Dispose(disposing);
    }

    private void Fail(Exception failure)
    {
        if (Problem is not null)
            return;
        // A closed descriptor comes as "access denied" with the system's own words inside.
        Exception told = failure.InnerException ?? failure;
        ReaderLeft = told is IOException && told.HResult == BrokenPipe;
        // The path behind the system's words is known to whoever reads them.
        Problem = told.Message.Split(" : '")[0].TrimEnd('.');
        failed();
    }
}
