using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// How a resolver tells its client why it failed: the extended errors of RFC 8914, with private codes (§5.2: 49152 and up)
/// where none is registered, and its explanation as the text.
/// </summary>
internal static class ExtendedErrors
{
    private const ushort NoReachableAuthority = 22;
    private const ushort FirstPrivate = 49152;

    /// <summary>Bytes of the text at most; a failure's words must not push the reply over a small UDP size.</summary>
    private const int MostText = 400;

    public static EdnsOption For(NameFailure failure, ExtendedError error) => EdnsOption.ForExtendedError(
        failure is NameFailure.None or NameFailure.TimedOut or NameFailure.Bogus || error.Code is not (ExtendedErrorCode.Other or ExtendedErrorCode.NoReachableAuthority)
            ? (ushort)error.Code
            : (ushort)(FirstPrivate + (int)failure),
        error.Text.Length > MostText ? error.Text[..MostText] : error.Text);

    /// <summary>What a failed reply says of its reason.</summary>
    public static bool TryRead(DnsMessage message, out NameFailure failure, out string explanation)
    {
        failure = NameFailure.ServerFailure;
        explanation = "";
        if (message.Edns is null || !message.Edns.TryGetOption(EdnsOptionCode.ExtendedError, out EdnsOption option)
            || !option.TryGetExtendedError(out ushort code, out string text))
            return false;
        // The text is somebody else's: nothing in it may steer a terminal.
        explanation = string.Create(text.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
        failure = code switch
        {
            NoReachableAuthority => NameFailure.TimedOut,
            > FirstPrivate and <= FirstPrivate + (int)NameFailure.Bogus => (NameFailure)(code - FirstPrivate),
            _ => NameFailure.ServerFailure,
        };
        return true;
    }
}
