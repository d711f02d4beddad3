using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Wirepath.Wire;

/// <summary>Kind byte of a TCP option (IANA "TCP Option Kind Numbers").</summary>
public enum TcpOptionKind : byte
{
    EndOfOptions = 0,
    NoOperation = 1,
    MaximumSegmentSize = 2,
    WindowScale = 3,
    SackPermitted = 4,
    Sack = 5,
    Timestamps = 8,
    FastOpen = 34,
    /// <summary>Shared by experiments, told apart by the two bytes that follow (RFC 6994).</summary>
    Experiment = 254,
}

/// <summary>One received range that is not yet acknowledged: Left is its first byte, Right the byte behind its last (RFC 2018 §3).</summary>
public readonly record struct SackBlock(SequenceNumber Left, SequenceNumber Right);

/// <summary>
/// All options of a segment, without allocation: MSS (RFC 9293), window scale and timestamps (RFC 7323), SACK
/// (RFC 2018) and Fast Open (RFC 7413). A value counts only when its <c>Has…</c> says so.
/// </summary>
public struct TcpOptions : IEquatable<TcpOptions>
{
    /// <summary>Bytes of options that a header can hold.</summary>
    public const int MaxSize = TcpHeader.MaxSize - TcpHeader.Size;

    public const int MaxSackBlocks = 4;

    /// <summary>Bytes of the longest Fast Open cookie (RFC 7413 §4.1.1).</summary>
    public const int MaxFastOpenCookie = 16;

    /// <summary>Marks an option of kind 254 as the Fast Open of before its RFC (RFC 7413 §4.1.1, RFC 6994).</summary>
    private const ushort FastOpenExperiment = 0xF989;

    private const int MssSize = 4;
    private const int WindowScaleSize = 3;
    private const int SackPermittedSize = 2;
    private const int TimestampsSize = 10;
    private const int SackBlockSize = 8;

    private SackBlocks _sack;
    private Cookie _cookie;
    private byte _sackCount;
    private byte _cookieLength;

    public bool HasMss { get; set; }

    /// <summary>Bytes of payload in the largest segment that the sender of the option takes.</summary>
    public ushort Mss { get; set; }

    public bool HasWindowScale { get; set; }

    /// <summary>Shift count as on the wire; values above 14 are to be used as 14 (RFC 7323 §2.3).</summary>
    public byte WindowScale { get; set; }

    public bool SackPermitted { get; set; }

    public bool HasTimestamps { get; set; }

    /// <summary>TSval.</summary>
    public uint TimestampValue { get; set; }

    /// <summary>TSecr: meaningless without the ACK flag.</summary>
    public uint TimestampEcho { get; set; }

    public readonly int SackCount => _sackCount;

    public readonly SackBlock this[int index] => GetSack(index);

    /// <summary>True with a cookie, and with the empty option that asks for one.</summary>
    public bool HasFastOpen { get; set; }

    /// <summary>The Fast Open option has the experimental form: kind 254 and a magic number.</summary>
    public bool IsFastOpenExperimental { get; set; }

    /// <summary>The cookie; empty when one is asked for.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> FastOpenCookie => ((ReadOnlySpan<byte>)_cookie)[.._cookieLength];

    /// <summary>Bytes that <see cref="Write"/> writes: a multiple of 4, at most 40. SACK blocks for which there is no room are left out.</summary>
    public readonly int Size
    {
        get
        {
            int size = SizeWithoutSack;
            int blocks = SackBlocksThatFit(size);
            return size + (blocks > 0 ? 4 + blocks * SackBlockSize : 0);
        }
    }

    private readonly int SizeWithoutSack =>
        (HasMss ? MssSize : 0)
        + (HasTimestamps ? 12 : SackPermitted ? 4 : 0)
        + (HasWindowScale ? 4 : 0)
        + (HasFastOpen ? (FastOpenHeadSize + _cookieLength + 3) / 4 * 4 : 0);

    private readonly int FastOpenHeadSize => IsFastOpenExperimental ? 4 : 2;

    public readonly SackBlock GetSack(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, _sackCount);
        return _sack[index];
    }

    /// <summary>Adds a block behind those already there; the most recent one comes first (RFC 2018 §4).</summary>
    /// <returns>False when four are there already.</returns>
    public bool AddSack(SackBlock block)
    {
        if (_sackCount == MaxSackBlocks)
            return false;
        _sack[_sackCount++] = block;
        return true;
    }

    /// <summary>Sets the Fast Open option; an empty cookie asks for one.</summary>
    public void SetFastOpen(ReadOnlySpan<byte> cookie, bool experimental = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cookie.Length, MaxFastOpenCookie);
        cookie.CopyTo(_cookie);
        (HasFastOpen, IsFastOpenExperimental, _cookieLength) = (true, experimental, (byte)cookie.Length);
    }

    /// <summary>Reads the bytes between the fixed header and the payload.</summary>
    /// <returns>
    /// False when a length is below 2 or runs past the end. Unknown kinds are skipped, and so are known kinds with a
    /// length that their RFC does not have. A kind that comes twice counts as it came last.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> options, out TcpOptions result)
    {
        result = default;
        while (options.Length > 0)
        {
            var kind = (TcpOptionKind)options[0];
            if (kind == TcpOptionKind.EndOfOptions)
                return true;
            if (kind == TcpOptionKind.NoOperation)
            {
                options = options[1..];
                continue;
            }

            if (options.Length < 2)
                return false;
            int length = options[1];
            if (length < 2 || length > options.Length)
                return false;
            result.Take(kind, options[2..length]);
            options = options[length..];
        }

        return true;
    }

    private void Take(TcpOptionKind kind, ReadOnlySpan<byte> value)
    {
        switch (kind)
        {
            case TcpOptionKind.MaximumSegmentSize when value.Length == 2:
                (HasMss, Mss) = (true, BinaryPrimitives.ReadUInt16BigEndian(value));
                break;
            case TcpOptionKind.WindowScale when value.Length == 1:
                (HasWindowScale, WindowScale) = (true, value[0]);
                break;
            case TcpOptionKind.SackPermitted when value.Length == 0:
                SackPermitted = true;
                break;
            case TcpOptionKind.Timestamps when value.Length == 8:
                (HasTimestamps, TimestampValue, TimestampEcho) =
                    (true, BinaryPrimitives.ReadUInt32BigEndian(value), BinaryPrimitives.ReadUInt32BigEndian(value[4..]));
                break;
            case TcpOptionKind.Sack when value.Length % SackBlockSize == 0 && value.Length / SackBlockSize is >= 1 and <= MaxSackBlocks:
                _sackCount = 0;
                for (; value.Length > 0; value = value[SackBlockSize..])
                {
                    AddSack(new SackBlock(
                        new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(value)),
                        new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(value[4..]))));
                }

                break;
            case TcpOptionKind.FastOpen when value.Length <= MaxFastOpenCookie:
                SetFastOpen(value);
                break;
            case TcpOptionKind.Experiment when value.Length is >= 2 and <= 2 + MaxFastOpenCookie && BinaryPrimitives.ReadUInt16BigEndian(value) == FastOpenExperiment:
                SetFastOpen(value[2..], experimental: true);
                break;
            default: // RFC 9293 §3.1 MUST-6: an option that is not implemented is ignored.
                break;
        }
    }

    /// <summary>
    /// Writes <see cref="Size"/> bytes in the order and with the alignment that Linux uses:
    /// MSS, SACK-permitted and timestamps, NOP window scale, NOP NOP SACK, Fast Open.
    /// </summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="InvalidOperationException">Without any SACK block the options already take more than 40 bytes.</exception>
    public readonly int Write(Span<byte> destination)
    {
        int fixedSize = SizeWithoutSack;
        if (fixedSize > MaxSize)
            throw new InvalidOperationException("The TCP options do not fit into 40 bytes.");
        int at = 0;
        if (HasMss)
        {
            at = PutHead(destination, at, TcpOptionKind.MaximumSegmentSize, MssSize);
            BinaryPrimitives.WriteUInt16BigEndian(destination[at..], Mss);
            at += 2;
        }

        if (SackPermitted || HasTimestamps)
        {
            // SACK-permitted fits where the two NOPs before the timestamps would be.
            if (!(SackPermitted && HasTimestamps))
                at = PutNoOperations(destination, at, 2);
            if (SackPermitted)
                at = PutHead(destination, at, TcpOptionKind.SackPermitted, SackPermittedSize);
        }

        if (HasTimestamps)
        {
            at = PutHead(destination, at, TcpOptionKind.Timestamps, TimestampsSize);
            BinaryPrimitives.WriteUInt32BigEndian(destination[at..], TimestampValue);
            BinaryPrimitives.WriteUInt32BigEndian(destination[(at + 4)..], TimestampEcho);
            at += 8;
        }

        if (HasWindowScale)
        {
            at = PutNoOperations(destination, at, 1);
            at = PutHead(destination, at, TcpOptionKind.WindowScale, WindowScaleSize);
            destination[at++] = WindowScale;
        }

        int blocks = SackBlocksThatFit(fixedSize);
        if (blocks > 0)
        {
            at = PutNoOperations(destination, at, 2);
            at = PutHead(destination, at, TcpOptionKind.Sack, 2 + blocks * SackBlockSize);
            for (int i = 0; i < blocks; i++, at += SackBlockSize)
            {
                BinaryPrimitives.WriteUInt32BigEndian(destination[at..], _sack[i].Left.Value);
                BinaryPrimitives.WriteUInt32BigEndian(destination[(at + 4)..], _sack[i].Right.Value);
            }
        }

        if (HasFastOpen)
        {
            at = PutHead(destination, at, IsFastOpenExperimental ? TcpOptionKind.Experiment : TcpOptionKind.FastOpen, FastOpenHeadSize + _cookieLength);
            if (IsFastOpenExperimental)
            {
                BinaryPrimitives.WriteUInt16BigEndian(destination[at..], FastOpenExperiment);
                at += 2;
            }

            FastOpenCookie.CopyTo(destination[at..]);
            at += _cookieLength;
            at = PutNoOperations(destination, at, -at & 3);
        }

        return at;
    }

    private readonly int SackBlocksThatFit(int sizeWithoutSack) =>
        Math.Max(0, Math.Min(_sackCount, (MaxSize - sizeWithoutSack - 4) / SackBlockSize));

    private static int PutHead(Span<byte> destination, int at, TcpOptionKind kind, int length)
    {
        destination[at] = (byte)kind;
        destination[at + 1] = (byte)length;
        return at + 2;
    }

    private static int PutNoOperations(Span<byte> destination, int at, int count)
    {
        destination.Slice(at, count).Fill((byte)TcpOptionKind.NoOperation);
        return at + count;
    }

    public readonly bool Equals(TcpOptions other) =>
        HasMss == other.HasMss && Mss == other.Mss
        && HasWindowScale == other.HasWindowScale && WindowScale == other.WindowScale
        && SackPermitted == other.SackPermitted
        && HasTimestamps == other.HasTimestamps && TimestampValue == other.TimestampValue && TimestampEcho == other.TimestampEcho
        && HasFastOpen == other.HasFastOpen && IsFastOpenExperimental == other.IsFastOpenExperimental && FastOpenCookie.SequenceEqual(other.FastOpenCookie)
        && ((ReadOnlySpan<SackBlock>)_sack)[.._sackCount].SequenceEqual(((ReadOnlySpan<SackBlock>)other._sack)[..other._sackCount]);

    public override readonly bool Equals(object? obj) => obj is TcpOptions other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Mss, WindowScale, SackPermitted, TimestampValue, TimestampEcho, _sackCount, _cookieLength);

    public static bool operator ==(TcpOptions left, TcpOptions right) => left.Equals(right);

    public static bool operator !=(TcpOptions left, TcpOptions right) => !left.Equals(right);

    [InlineArray(MaxSackBlocks)]
    private struct SackBlocks
    {
        private SackBlock _first;
    }

    [InlineArray(MaxFastOpenCookie)]
    private struct Cookie
    {
        private byte _first;
    }
}
