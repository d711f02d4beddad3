using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Wirepath.Simulation;

/// <summary>A server's certificate with its key, ready for handshakes.</summary>
internal sealed class SslCertificate(X509Certificate2 certificate)
{
    /// <summary>Offline: no packet leaves the machine because of a certificate.</summary>
    public SslStreamCertificateContext Context { get; } = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
}
