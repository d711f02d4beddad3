namespace Wirepath.Url;

/// <summary>What UTS 46 does with a code point (IdnaMappingTable.txt, second field).</summary>
internal enum IdnaStatus : byte
{
    Valid,
    Ignored,
    Mapped,

    /// <summary>ß, ς and the joiners: valid, and mapped only in transitional processing.</summary>
    Deviation,
    Disallowed,
}

/// <summary>NFC_Quick_Check (UAX #15, section 9).</summary>
internal enum NfcQuickCheck : byte
{
    Yes,
    Maybe,
    No,
}

/// <summary>The Bidi_Class values that RFC 5893 tells apart.</summary>
internal enum BidiClass : byte
{
    L,
    R,
    AL,
    AN,
    EN,
    ES,
    CS,
    ET,
    ON,
    BN,
    NSM,

    /// <summary>Separators and embedding controls, which no rule of RFC 5893 allows.</summary>
    Other,
}

/// <summary>Joining_Type, as RFC 5892, appendix A.1, asks for it.</summary>
internal enum JoiningType : byte
{
    U,
    L,
    R,
    D,
    T,
    C,
}

/// <summary>What a code point is, in one word: the value of the tables that <c>tools/Wirepath.UnicodeTables</c> generates.</summary>
/// <param name="Packed">
/// From the lowest bit: <see cref="IdnaStatus"/> 3 bits, <see cref="NfcQuickCheck"/> 2, <see cref="BidiClass"/> 4,
/// <see cref="JoiningType"/> 3, General_Category Mark 1, Canonical_Combining_Class 8.
/// </param>
internal readonly record struct UnicodeProperties(uint Packed)
{
    /// <summary>Canonical_Combining_Class of the viramas.</summary>
    public const int Virama = 9;

    public UnicodeProperties(IdnaStatus status, NfcQuickCheck nfc, BidiClass bidi, JoiningType joining, bool isMark, int combiningClass)
        : this((uint)status | ((uint)nfc << 3) | ((uint)bidi << 5) | ((uint)joining << 9) | (isMark ? 1u << 12 : 0) | ((uint)combiningClass << 13))
    {
    }

    public IdnaStatus Status => (IdnaStatus)(Packed & 7);

    public NfcQuickCheck Nfc => (NfcQuickCheck)((Packed >> 3) & 3);

    public BidiClass Bidi => (BidiClass)((Packed >> 5) & 15);

    public JoiningType Joining => (JoiningType)((Packed >> 9) & 7);

    public bool IsMark => ((Packed >> 12) & 1) != 0;

    public int CombiningClass => (int)(Packed >> 13) & 255;
}
