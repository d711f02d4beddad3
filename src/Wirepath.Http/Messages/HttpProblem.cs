namespace Wirepath.Http;

/// <summary>What is wrong with a message.</summary>
public enum HttpProblemKind : byte
{
    RequestLineMalformed,
    RequestLineTooLong,
    MethodInvalid,
    TargetInvalid,
    VersionMalformed,
    VersionUnsupported,
    StatusLineMalformed,
    StatusLineTooLong,
    FieldLineMalformed,
    FieldNameInvalid,
    FieldValueInvalid,
    WhitespaceBeforeColon,
    ObsoleteLineFolding,
    FieldLineTooLong,
    HeaderSectionTooLarge,
    TooManyFields,
    TooManyEmptyLines,
    HostMissing,
    HostRepeated,
    HostInvalid,
    ContentLengthInvalid,
    TransferEncodingWithContentLength,
    TransferEncodingInvalid,
    TransferEncodingUnsupported,
    ChunkSizeInvalid,
    ChunkLineTooLong,
    ChunkExtensionsTooLarge,
    ChunkMalformed,
    TrailersTooLarge,
    HeadTruncated,
    BodyTruncated,
}

/// <summary>Why a message is refused.</summary>
/// <param name="Kind">The code.</param>
/// <param name="Position">Byte offset in what was being read: the head, or the body as it is on the wire.</param>
/// <param name="Message">One sentence: what was found and what would be right.</param>
public sealed record HttpProblem(HttpProblemKind Kind, long Position, string Message)
{
    /// <summary>What a server answers (RFC 9110 §15, RFC 6585 §5); for a response that was being read it has no meaning.</summary>
    public int Status => Kind switch
    {
        HttpProblemKind.RequestLineTooLong => 414,
        HttpProblemKind.FieldLineTooLong or HttpProblemKind.HeaderSectionTooLarge or HttpProblemKind.TooManyFields or HttpProblemKind.TrailersTooLarge => 431,
        HttpProblemKind.TransferEncodingUnsupported => 501,
        HttpProblemKind.VersionUnsupported => 505,
        HttpProblemKind.RequestLineMalformed or HttpProblemKind.MethodInvalid or HttpProblemKind.TargetInvalid or HttpProblemKind.VersionMalformed
            or HttpProblemKind.StatusLineMalformed or HttpProblemKind.StatusLineTooLong or HttpProblemKind.FieldLineMalformed or HttpProblemKind.FieldNameInvalid
            or HttpProblemKind.FieldValueInvalid or HttpProblemKind.WhitespaceBeforeColon or HttpProblemKind.ObsoleteLineFolding or HttpProblemKind.TooManyEmptyLines
            or HttpProblemKind.HostMissing or HttpProblemKind.HostRepeated or HttpProblemKind.HostInvalid or HttpProblemKind.ContentLengthInvalid
            or HttpProblemKind.TransferEncodingWithContentLength or HttpProblemKind.TransferEncodingInvalid or HttpProblemKind.ChunkSizeInvalid
            or HttpProblemKind.ChunkLineTooLong or HttpProblemKind.ChunkExtensionsTooLarge or HttpProblemKind.ChunkMalformed or HttpProblemKind.HeadTruncated
            or HttpProblemKind.BodyTruncated => 400,
        _ => throw new InvalidOperationException($"No such problem: {Kind}."),
    };
}

/// <summary>What came of reading a head.</summary>
public enum HttpParseStatus : byte
{
    /// <summary>The head goes on; nothing was consumed, call again with more bytes behind the same ones.</summary>
    NeedMore,

    Done,

    /// <summary>This is no such message; the connection cannot be read on.</summary>
    Bad,
}
