using System.Security.Cryptography.X509Certificates;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Cli;

/// <summary>
/// Where a command runs: a host with a way to look names up, and what drives them. The embedded internet and a real
/// wire differ here and nowhere else.
/// </summary>
internal abstract class World(EventLog log) : IDisposable
{
    public EventLog Log { get; } = log;

    public abstract Host Host { get; }

    public abstract INameResolver Names { get; }

    /// <summary>Looks a name up so that it can be told where each record came from.</summary>
    /// <returns>The answer, as the program gets it, and what is known of its origin.</returns>
    public abstract Task<(NameAnswer Answer, Traced Traced)> TraceAsync(DomainName name, DnsType type, CancellationToken ct);

    /// <summary>For a head line: <c>embedded internet · seed 42</c>, <c>tap0 · 10.0.0.2/24</c>.</summary>
    public abstract string Title(CommandWords words);

    /// <summary>Roots that https servers must lead to; null: the machine's own.</summary>
    public virtual Func<X509Certificate2Collection>? TrustedRoots => null;

    /// <summary>Runs application code in this world's time until it is done.</summary>
    public abstract T Run<T>(Func<CancellationToken, Task<T>> work, CancellationToken interrupted);

    /// <summary>Lets connections that are being closed exchange their last segments.</summary>
    public abstract void Settle();

    /// <summary>The connections that still have something to exchange, as far as they have been watched; null when nobody watches.</summary>
    protected OpenConnections? Connections { get; private set; }

    /// <summary>
    /// Follows connections from now on, for <see cref="Settle"/>. A listener makes every host write what happens, so a command
    /// that lives long and tells no story calls this only when it is about to close.
    /// </summary>
    public void WatchConnections() => Connections ??= new OpenConnections(Log);

    /// <summary>Releases what the world holds; a second call does nothing.</summary>
    public abstract void Dispose();
}
