namespace Wirepath.Tests;

/// <summary>How much of a test that could go on for ever is run: a bounded part always, the long one with WIREPATH_LONG=1.</summary>
internal static class LongRun
{
    public static int Count(int usual, int whenLong) => Environment.GetEnvironmentVariable("WIREPATH_LONG") == "1" ? whenLong : usual;
}
