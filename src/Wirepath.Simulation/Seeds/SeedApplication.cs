using System.Globalization;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>One end's application: writes a stream that is known byte by byte, and compares each byte of the other's.</summary>
internal sealed class SeedApplication(string name, int key, int total, int expects, RandomSource random, TimeProvider time)
{
    private const int ChunkSize = 9000;

    private readonly byte[] _written = new byte[ChunkSize];
    private readonly byte[] _read = new byte[ChunkSize];

    /// <summary>Its end of the connection, once there is one.</summary>
    public TcpStream? Stream { get; set; }

    public int Received { get; private set; }

    public bool HasReceivedAll => Received == expects;

    /// <summary>Both directions came to their end in order.</summary>
    public bool IsDone { get; private set; }

    /// <summary>What is wrong with the bytes; null when nothing is.</summary>
    public string? Complaint { get; private set; }

    /// <summary>Writes all and closes that direction while it reads to the end of the other.</summary>
    public async Task ConverseAsync(TcpStream stream)
    {
        await Task.WhenAll(WriteAsync(stream), ReadAsync(stream, int.MaxValue)).ConfigureAwait(false);
        IsDone = true;
    }

    /// <summary>Goes a part of the way only; what it wrote may not all have left.</summary>
    public async Task BeginAsync(TcpStream stream)
    {
        Task writing = WriteAsync(stream);
        try
        {
            await ReadAsync(stream, random.Next(expects + 1)).ConfigureAwait(false);
            await PauseAsync(300).ConfigureAwait(false);
        }
        finally
        {
            stream.Abort(); // wakes the writer; the caller has closed already when it does not want a RST
            await Quietly(writing).ConfigureAwait(false);
        }
    }

    /// <summary>Reads a part and closes; what is unread then is answered with RST by the stack.</summary>
    public async Task LeaveEarlyAsync(TcpStream stream)
    {
        await ReadAsync(stream, random.Next(expects + 1)).ConfigureAwait(false);
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Waits for what may end with a reset.</summary>
    public static async Task Quietly(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (Exception e) when (e is NetworkException or ObjectDisposedException or InvalidOperationException)
        {
            // The other side has gone, or this one has.
        }
    }

    private async Task WriteAsync(TcpStream stream)
    {
        for (int sent = 0; sent < total;)
        {
            await PauseAsync(100).ConfigureAwait(false);
            if (random.Chance(0.05))
                stream.NoDelay = !stream.NoDelay;
            if (random.Chance(0.03))
                stream.Cork = !stream.Cork;
            int size = Math.Min(total - sent, 1 + random.Next(random.Chance(0.3) ? 20 : ChunkSize));
            for (int i = 0; i < size; i++)
                _written[i] = ByteAt(key, sent + i);
            await stream.WriteAsync(_written.AsMemory(0, size)).ConfigureAwait(false);
            sent += size;
        }

        await PauseAsync(100).ConfigureAwait(false);
        stream.CloseSend();
    }

    private async Task ReadAsync(TcpStream stream, int upTo)
    {
        while (Received < upTo)
        {
            // Longer than a round trip now and then: the window closes.
            await PauseAsync(random.Chance(0.1) ? 3000 : 50).ConfigureAwait(false);
            int got = await stream.ReadAsync(_read.AsMemory(0, 1 + random.Next(ChunkSize))).ConfigureAwait(false);
            if (got == 0)
                return;
            Compare(got);
        }
    }

    private void Compare(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (_read[i] != ByteAt(3 - key, Received + i))
            {
                Complaint ??= string.Create(CultureInfo.InvariantCulture, $"{name}: byte {Received + i} is wrong");
                break;
            }
        }

        Received += count;
        if (Received > expects)
            Complaint ??= string.Create(CultureInfo.InvariantCulture, $"{name} got {Received} bytes, only {expects} were written");
    }

    private async ValueTask PauseAsync(int mostMilliseconds)
    {
        if (random.Chance(0.4))
            await Task.Delay(TimeSpan.FromTicks((long)(random.NextDouble() * mostMilliseconds * TimeSpan.TicksPerMillisecond)), time).ConfigureAwait(false);
    }

    private static byte ByteAt(int key, int index) => (byte)((uint)(index * 2654435761u + key * 97) >> 11);
}
