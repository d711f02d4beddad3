namespace Wirepath.Packetdrill;

/// <summary>
/// What a script's bytes are. A script gives lengths only; each byte here tells its place in the stream, so that bytes lost,
/// doubled or out of order are seen without the script saying so.
/// </summary>
internal static class Stuffing
{
    private const int Period = 251; // a prime: no segment size is a multiple of it

    /// <param name="offset">Of the first byte in its stream, counted from 0.</param>
    /// <param name="destination">What to fill.</param>
    public static void Fill(long offset, Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i++)
            destination[i] = At(offset + i);
    }

    /// <returns>Index of the first byte that is not what it should be; -1 when all are right.</returns>
    public static int FirstWrong(long offset, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != At(offset + i))
                return i;
        }

        return -1;
    }

    private static byte At(long offset) => (byte)((offset % Period + Period) % Period);
}
