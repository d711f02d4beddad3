using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Wirepath.Resolver;

/// <summary>Words of the operating system's generator, fetched some at a time: a call costs more than the bytes. Any thread.</summary>
internal static class UnpredictableWords
{
    private const int AtATime = 64;

    [ThreadStatic]
    private static ulong[]? s_words;

    [ThreadStatic]
    private static int s_left;

    public static ulong Next()
    {
        ulong[] words = s_words ??= new ulong[AtATime];
        if (s_left == 0)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(words.AsSpan()));
            s_left = AtATime;
        }

        ulong word = words[--s_left];
        words[s_left] = 0; // given out once
        return word;
    }
}
