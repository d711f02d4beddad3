using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Http;

/// <summary>TLS by the platform's own implementation, over any stream (here: the stack's).</summary>
internal static class TlsClient
{
    /// <exception cref="FetchException">With <see cref="ExitCodes.Tls"/>; it says what the handshake failed at.</exception>
    public static async Task<(SslStream Stream, EventId Secured)> HandshakeAsync(
        Stream inner, ConnectionId id, string host, X509Certificate2Collection? roots, DateTimeOffset now, NodeLog log, CancellationToken ct)
    {
        if (log.IsEnabled)
            NodeLog.ApplicationCause = log.Write(NodeLog.ApplicationCause, new TlsStarted(id, host));
        var policy = new X509ChainPolicy
        {
            // No look-ups behind the journey's back: this path is the only one that sends packets.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.UtcDateTime,
            VerificationTimeIgnored = false,
        };
        if (roots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }

        var seen = new List<string>();
        string problem = "";
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            CertificateChainPolicy = policy,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                problem = Judge(host, certificate as X509Certificate2, chain, errors, now, seen);
                return errors == SslPolicyErrors.None;
            },
        };
        var tls = new SslStream(inner, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(options, ct).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            string detail = problem.Length > 0 ? problem : failure is AuthenticationException
                ? $"the TLS handshake with {host} ({id.Remote}) failed: {Innermost(failure)}."
                : $"the connection to {id.Remote} ended during the TLS handshake: {Innermost(failure)}.";
            if (log.IsEnabled)
                log.Write(NodeLog.ApplicationCause, new TlsFailed(id, host, detail));
            throw new FetchException(ExitCodes.Tls, detail);
        }

        EventId secured = log.IsEnabled
            ? log.Write(NodeLog.ApplicationCause, new TlsFinished(
                id, Version(tls.SslProtocol), tls.NegotiatedCipherSuite.ToString(), tls.NegotiatedApplicationProtocol.ToString(), seen))
            : EventId.None;
        return (tls, secured);
    }

    private static string Judge(string host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, DateTimeOffset now, List<string> seen)
    {
        seen.Clear();
        if (chain is not null)
            seen.AddRange(chain.ChainElements.Select(e => e.Certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)));
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return $"{host} showed no certificate.";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"the certificate is for {certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false)}, not for {host}.";
        return errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? JudgeChain(host, certificate, chain, now.UtcDateTime) : "";
    }

    private static string JudgeChain(string host, X509Certificate2 certificate, X509Chain? chain, DateTime now)
    {
        X509ChainStatus[] status = chain?.ChainStatus ?? [];
        bool Has(X509ChainStatusFlags flag) => Array.Exists(status, s => s.Status.HasFlag(flag));
        if (Has(X509ChainStatusFlags.NotTimeValid))
        {
            DateTime begins = certificate.NotBefore.ToUniversalTime();
            DateTime ends = certificate.NotAfter.ToUniversalTime();
            if (ends < now)
                return string.Create(CultureInfo.InvariantCulture, $"the certificate of {host} expired on {ends:yyyy-MM-dd}.");
            if (begins > now)
                return string.Create(CultureInfo.InvariantCulture, $"the certificate of {host} is valid only from {begins:yyyy-MM-dd} on.");
        }

        if (certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData) && Has(X509ChainStatusFlags.UntrustedRoot))
            return $"the certificate of {host} is signed by nobody but itself.";
        return $"the certificate of {host} leads to no trusted root: {string.Join(" ", status.Select(s => s.StatusInformation.Trim()))}";
    }

    private static string Innermost(Exception failure)
    {
        while (failure.InnerException is { } inner)
            failure = inner;
        return failure.Message.TrimEnd('.');
    }

    private static string Version(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls13 => "TLS 1.3",
        SslProtocols.Tls12 => "TLS 1.2",
        _ => protocol.ToString(),
    };
}
