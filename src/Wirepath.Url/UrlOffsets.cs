namespace Wirepath.Url;

/// <summary>Where the components stand in the serialised URL; see <see cref="UrlRecord"/> for the picture.</summary>
internal record struct UrlOffsets
{
    /// <summary>Of the colon.</summary>
    public int SchemeEnd;

    /// <summary>Of the colon before a password, or of the @.</summary>
    public int UsernameEnd;

    public int HostStart;

    public int HostEnd;

    public int PathStart;

    /// <summary>Of the question mark; -1 for none.</summary>
    public int SearchStart;

    /// <summary>Of the number sign; -1 for none.</summary>
    public int HashStart;

    public ushort Port;

    public HostKind HostKind;

    // Last, so that the record has no gaps: HasPort, OpaquePath, Special.
    private byte _bits;

    public bool HasPort
    {
        readonly get => (_bits & 1) != 0;
        set => _bits = (byte)((_bits & ~1) | (value ? 1 : 0));
    }

    public bool OpaquePath
    {
        readonly get => (_bits & 2) != 0;
        set => _bits = (byte)((_bits & ~2) | (value ? 2 : 0));
    }

    public SpecialScheme Special
    {
        readonly get => (SpecialScheme)(_bits >> 2);
        set => _bits = (byte)((_bits & 3) | ((int)value << 2));
    }

    /// <summary>Meaningful only when there is a host.</summary>
    public readonly int UsernameStart => SchemeEnd + 3;

    public readonly bool HasCredentials => HostKind != HostKind.None && HostStart > UsernameStart;

    public readonly int PathEnd(string href) => SearchStart >= 0 ? SearchStart : SearchEnd(href);

    public readonly int SearchEnd(string href) => HashStart >= 0 ? HashStart : href.Length;
}
