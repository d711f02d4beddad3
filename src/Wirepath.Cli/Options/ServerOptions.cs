using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wirepath.Resolver;
using Wirepath.Wire;

namespace Wirepath.Cli;

/// <summary>Where a DNS server listens and what it writes down: the same for resolver and nameserver.</summary>
internal sealed class ServerOptions(ushort usualPort)
{
    private readonly Option<string[]> _listen = Endpoints("--listen", "Address and port for UDP and TCP; may be repeated.", $"127.0.0.1:{usualPort}");
    private readonly Option<string[]> _tls = Endpoints("--tls", "Address and port for DNS over TLS.", null);
    private readonly Option<string[]> _https = Endpoints("--https", "Address and port for DNS over HTTPS, at /dns-query.", null);
    private readonly Option<string?> _certificate = new("--certificate") { Description = "The certificate for TLS and HTTPS, in PEM; without one it is made up for this run and nobody trusts it.", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--key") { Description = "The certificate's private key, in PEM.", HelpName = "FILE" };
    private readonly Option<int> _threads = Bounded.Integer("--threads", "-t", "UDP sockets and threads for each address.", "N", 1, 1, 64);
    private readonly Option<string?> _metrics = new("--metrics") { Description = "Address and port for Prometheus: http://…/metrics. Loopback only.", HelpName = "ADDRESS:PORT" };
    private readonly Option<string?> _queryLog = new("--query-log") { Description = "A line for each answer; - for stdout.", HelpName = "FILE" };
    private readonly Option<string?> _events = new("--events") { Description = "Every event of every look-up as JSON lines (docs/json.md). Slow: for finding out.", HelpName = "FILE" };

    public Option<string> Language { get; } = OutputOptions.LanguageOption();

    public void AddTo(PathCommand command)
    {
        command.AddGroup("Where", _listen, _tls, _https, _certificate, _key, _threads);
        command.AddGroup("What is told", _metrics, _queryLog, _events, Language);
    }

    /// <returns>Null, or what is wrong.</returns>
    public string? TryRead(ParseResult parsed, IReadOnlyList<IpEndpoint> configured, out ServerSettings settings)
    {
        settings = new ServerSettings { Threads = parsed.GetValue(_threads) };
        if (TryRead(parsed, _listen, out List<IpEndpoint> plain) is { } listen)
            return listen;
        if (TryRead(parsed, _tls, out List<IpEndpoint> tls) is { } wrongTls)
            return wrongTls;
        if (TryRead(parsed, _https, out List<IpEndpoint> https) is { } wrongHttps)
            return wrongHttps;
        if (plain.Count == 0)
            plain.AddRange(configured.Count > 0 ? configured : [new IpEndpoint(IpAddress.LoopbackV4, usualPort)]);
        var metrics = new List<IpEndpoint>();
        if (parsed.GetValue(_metrics) is { } text)
        {
            if (!IpEndpoint.TryParse(text, out IpEndpoint endpoint))
                return NotAnEndpoint("--metrics", text);
            if (!endpoint.Address.IsLoopback)
                return $"--metrics: {text} is not a loopback address; what a server knows about its clients is not for the network.";
            metrics.Add(endpoint);
        }

        if ((parsed.GetValue(_certificate) is null) != (parsed.GetValue(_key) is null))
            return "--certificate and --key go together.";
        settings = settings with { Plain = plain, Tls = tls, Https = https, Metrics = metrics };
        return null;
    }

    /// <returns>Null, or what is wrong.</returns>
    public string? TryGetCertificate(ParseResult parsed, ServerSettings settings, out X509Certificate2? certificate)
    {
        certificate = null;
        if (settings.Tls.Count + settings.Https.Count == 0)
            return null;
        if (parsed.GetValue(_certificate) is not { } file)
        {
            certificate = DnsServer.SelfSigned();
            return null;
        }

        try
        {
            certificate = X509Certificate2.CreateFromPemFile(file, parsed.GetValue(_key));
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return $"--certificate: '{file}' and its key cannot be used: {failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}.";
        }
    }

    /// <returns>Null, or what is wrong.</returns>
    public string? TryOpenLog(ParseResult parsed, Shell shell, out QueryLog? log)
    {
        log = null;
        if (parsed.GetValue(_queryLog) is not { } file)
            return null;
        try
        {
            log = new QueryLog(file == "-" ? shell.Out : new StreamWriter(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)), shell.Time);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"--query-log: '{file}' cannot be written: {failure.Message.TrimEnd('.')}.";
        }
    }

    /// <returns>Null, or what is wrong.</returns>
    public string? TryOpenEvents(ParseResult parsed, out FileStream? stream)
    {
        stream = null;
        if (parsed.GetValue(_events) is not { } file)
            return null;
        try
        {
            stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, 64 * 1024);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"--events: '{file}' cannot be written: {failure.Message.TrimEnd('.')}.";
        }
    }

    private static Option<string[]> Endpoints(string name, string description, string? usual) => new(name)
    {
        Description = usual is null ? description : $"{description} [{usual}]", HelpName = "ADDRESS:PORT", AllowMultipleArgumentsPerToken = false,
    };

    private static string? TryRead(ParseResult parsed, Option<string[]> option, out List<IpEndpoint> endpoints)
    {
        endpoints = [];
        foreach (string text in parsed.GetValue(option) ?? [])
        {
            if (!IpEndpoint.TryParse(text, out IpEndpoint endpoint))
                return NotAnEndpoint(option.Name, text);
            endpoints.Add(endpoint);
        }

        return null;
    }

    private static string NotAnEndpoint(string option, string text) => $"{option}: '{text}' is not an address and a port, such as 127.0.0.1:5300 or [::1]:5300.";
}
