using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wirepath.Simulation;

/// <summary>
/// The embedded internet's own certificate authority. RSA throughout: its signatures have the same size every time, so that
/// the sizes of TLS messages do not vary from run to run. The keys are made on first use, once for the process.
/// </summary>
internal sealed class EmbeddedAuthority : IDisposable
{
    // Wide enough for any instant at which a simulation may start; UTCTime ends with 2049 (RFC 5280 §4.1.2.5).
    private static readonly DateTimeOffset s_from = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_until = new(2049, 12, 31, 0, 0, 0, TimeSpan.Zero);
    private static readonly Lazy<EmbeddedAuthority> s_shared = new(() => new EmbeddedAuthority());

    private readonly RSA _rootKey = RSA.Create(2048);
    private readonly RSA _serverKey = RSA.Create(2048);
    private readonly X509Certificate2 _rootWithKey;
    private readonly Dictionary<string, SslCertificate> _special;
    private readonly SslCertificate _ordinary;

    private EmbeddedAuthority()
    {
        var request = new CertificateRequest("CN=Embedded Internet Root, O=Wirepath", _rootKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _rootWithKey = request.CreateSelfSigned(s_from, s_until);
        Root = X509CertificateLoader.LoadCertificate(_rootWithKey.RawData);
        _ordinary = Issue("www.example.com", s_until, 2,
            "www.example.com", "example.com", "redirect.example.com", "slow.example.com", "closed.example.com", "firewalled.example.com", "*.wild.example.com",
            "www.example.org", "example.org", "example.cn", "www.example.cn", "xn--fsqu00a.xn--fiqs8s", "www.xn--fsqu00a.xn--fiqs8s");
        _special = new Dictionary<string, SslCertificate>(StringComparer.OrdinalIgnoreCase)
        {
            ["expired.example.com"] = Issue("expired.example.com", s_from.AddYears(1), 3, "expired.example.com"),
            ["wrongname.example.com"] = Issue("someone-else.example.com", s_until, 4, "someone-else.example.com"),
            ["service.example.com"] = Issue("service.example.com", s_until, 5, "service.example.com"),
            ["selfsigned.example.com"] = SelfSigned("selfsigned.example.com"),
        };
    }

    public static EmbeddedAuthority Shared => s_shared.Value;

    /// <summary>The root certificate, without its key.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>The certificate that a server shows to who asks for <paramref name="serverName"/> (SNI).</summary>
    public SslCertificate For(string? serverName) => serverName is not null && _special.TryGetValue(serverName, out SslCertificate? special) ? special : _ordinary;

    public void Dispose()
    {
        _rootKey.Dispose();
        _serverKey.Dispose();
        _rootWithKey.Dispose();
        Root.Dispose();
    }

    private SslCertificate Issue(string subject, DateTimeOffset until, byte serial, params ReadOnlySpan<string> names)
    {
        CertificateRequest request = Request(subject, names);
        using X509Certificate2 issued = request.Create(_rootWithKey, s_from, until, [serial]);
        return new SslCertificate(issued.CopyWithPrivateKey(_serverKey));
    }

    private SslCertificate SelfSigned(string name) => new(Request(name, [name]).CreateSelfSigned(s_from, s_until));

    private CertificateRequest Request(string subject, ReadOnlySpan<string> names)
    {
        var request = new CertificateRequest("CN=" + subject, _serverKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var alternative = new SubjectAlternativeNameBuilder();
        foreach (string name in names)
            alternative.AddDnsName(name);
        request.CertificateExtensions.Add(alternative.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false)); // server authentication
        return request;
    }
}
