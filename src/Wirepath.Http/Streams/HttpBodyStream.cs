using System.Runtime.CompilerServices;

namespace Wirepath.Http;

/// <summary>
/// A message's body, taken out of its framing as it is read. Reading throws <see cref="HttpProblemException"/> when the
/// framing is broken or the connection ends too early.
/// </summary>
internal sealed class HttpBodyStream(ReadBuffer buffer, BodyReader reader, IHttpBodyEvents? events) : Stream
{
    private HttpProblem? _problem;

    public BodyReader Reader => reader;

    /// <summary>The whole body was taken in, as its framing promised.</summary>
    public bool IsComplete => reader.IsDone;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => reader.BodyBytes; set => throw new NotSupportedException(); }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        if (destination.IsEmpty)
        {
            return 0;
        }

        if (!reader.IsDone && events is not null)
        {
            await events.BeforeBodyReadAsync(cancellationToken).ConfigureAwait(false);
        }

        while (true)
        {
            int? taken = Take(destination.Span);
            if (taken is int count)
            {
                return count;
            }

            // A counted body that has used up the buffer goes straight to where it is wanted.
            long direct = buffer.IsEmpty ? Math.Min(reader.BytesToTakeUnframed, destination.Length) : 0;
            if (direct > 0)
            {
                int read = await buffer.Stream.ReadAsync(destination[..(int)direct], cancellationToken).ConfigureAwait(false);
                if (read > 0)
                {
                    reader.Read(destination.Span[..read], out _, out _, out _);
                    Report(read);
                    return read;
                }
            }
            else if (await buffer.FillAsync(cancellationToken).ConfigureAwait(false))
            {
                continue;
            }

            if (reader.EndOfInput(out HttpProblem? problem) == BodyReadStatus.Bad)
            {
                throw Failed(problem!);
            }

            Report(0);
            return 0;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The body comes over the network; read it asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>From the buffer; null when it has nothing of the body.</summary>
    private int? Take(Span<byte> destination)
    {
        BodyReadStatus status = reader.Read(buffer.Unread, destination.Length, out int consumed, out ReadOnlySpan<byte> body, out HttpProblem? problem);
        body.CopyTo(destination);
        int count = body.Length;
        buffer.Consume(consumed);
        switch (status)
        {
            case BodyReadStatus.Data or BodyReadStatus.Done:
                Report(count);
                return count;
            case BodyReadStatus.NeedMore:
                return null;
            case BodyReadStatus.Bad:
                throw Failed(problem!);
            default:
                throw new InvalidOperationException($"No such status: {status}.");
        }
    }

    private void Report(int count) => events?.BodyRead(count, reader);

    private HttpProblemException Failed(HttpProblem problem)
    {
        if (_problem is null)
        {
            _problem = problem;
            events?.BodyFailed(problem, reader);
        }

        return new HttpProblemException(problem);
    }
}

/// <summary>What the owner of a body stream wants to know and to do.</summary>
internal interface IHttpBodyEvents
{
    /// <summary>The body is wanted: a server that was asked for 100 Continue sends it now.</summary>
    ValueTask BeforeBodyReadAsync(CancellationToken cancellation);

    void BodyRead(int count, BodyReader reader);

    void BodyFailed(HttpProblem problem, BodyReader reader);
}
