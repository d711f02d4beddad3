namespace Wirepath.Http;

/// <summary>What a run that did not succeed failed at: the exit codes of the command, bottom to top of nothing but the path.</summary>
public static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The command line itself.</summary>
    public const int Usage = 2;

    public const int Url = 10;

    public const int Dns = 20;

    /// <summary>Link or route: ARP unanswered, no route, ICMP unreachable for network or host.</summary>
    public const int Link = 30;

    public const int Tcp = 40;

    public const int Tls = 50;

    /// <summary>HTTP: an answer that is none, too many redirects; a status of 400 and above when asked for.</summary>
    public const int Http = 60;

    /// <summary>Stopped by the person: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
