using System.Globalization;
using System.Runtime.CompilerServices;

namespace Wirepath.Url;

/// <summary>The components of a URL, one of which is about to be another.</summary>
internal ref struct UrlParts
{
    public ReadOnlySpan<char> Scheme;
    public SpecialScheme Special;
    public ReadOnlySpan<char> Username;
    public ReadOnlySpan<char> Password;
    public ReadOnlySpan<char> Host;
    public HostKind HostKind;
    public ushort? Port;
    public ReadOnlySpan<char> Path;
    public bool OpaquePath;
    public ReadOnlySpan<char> Query;
    public bool HasQuery;
    public ReadOnlySpan<char> Fragment;
    public bool HasFragment;

    public static UrlParts Of(UrlRecord url) => new()
    {
        Scheme = url.SchemeSpan,
        Special = url.Offsets.Special,
        Username = url.UsernameSpan,
        Password = url.PasswordSpan,
        Host = url.HostSpan,
        HostKind = url.HostKind,
        Port = url.Port,
        Path = url.PathnameSpan,
        OpaquePath = url.HasOpaquePath,
        Query = url.QuerySpan,
        HasQuery = url.Offsets.SearchStart >= 0,
        Fragment = url.FragmentSpan,
        HasFragment = url.Offsets.HashStart >= 0,
    };

    /// <summary>WHATWG URL, "URL serializer".</summary>
    [SkipLocalsInit]
    public readonly UrlRecord ToRecord()
    {
        var to = new GrowingBuffer<char>(stackalloc char[UrlParser.OnStack]);
        UrlOffsets at = default;
        to.Add(Scheme);
        to.Add(':');
        at.SchemeEnd = Scheme.Length;
        at.Special = Special;
        at.HostKind = HostKind;
        at.OpaquePath = OpaquePath;
        if (HostKind != HostKind.None)
            WriteAuthority(ref to, ref at);
        else if (!OpaquePath && Path is ['/', '/', ..])
            to.Add("/.");
        at.PathStart = to.Length;
        to.Add(Path);
        at.SearchStart = HasQuery ? to.Length : -1;
        if (HasQuery)
        {
            to.Add('?');
            to.Add(Query);
        }

        at.HashStart = HasFragment ? to.Length : -1;
        if (HasFragment)
        {
            to.Add('#');
            to.Add(Fragment);
        }

        var url = new UrlRecord(to.Written.ToString(), at);
        to.Dispose();
        return url;
    }

    private readonly void WriteAuthority(ref GrowingBuffer<char> to, ref UrlOffsets at)
    {
        to.Add("//");
        to.Add(Username);
        at.UsernameEnd = to.Length;
        if (!Password.IsEmpty)
        {
            to.Add(':');
            to.Add(Password);
        }

        if (Username.Length + Password.Length > 0)
            to.Add('@');
        at.HostStart = to.Length;
        to.Add(Host);
        at.HostEnd = to.Length;
        if (Port is not { } port)
            return;
        at.Port = port;
        at.HasPort = true;
        to.Add(':');
        Span<char> digits = stackalloc char[5];
        port.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        to.Add(digits[..length]);
    }
}
