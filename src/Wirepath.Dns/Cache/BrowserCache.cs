using System.Diagnostics.CodeAnalysis;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// A browser's own cache of address answers. A browser that asks the operating system is not told TTLs and keeps what it
/// heard for a minute; this one knows the TTL and keeps for a minute at most. Failures are not kept. Any thread.
/// </summary>
public sealed class BrowserCache(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(DomainName, DnsType), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byAge = new(); // first: stored last

    /// <summary>Longest life of an entry: 60 s, the figure that browsers use over <c>getaddrinfo</c>.</summary>
    public TimeSpan MostTtl { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Entries; the oldest leaves. 1,000 are more names than a busy day's pages use at a time.</summary>
    public int MostEntries { get; init; } = 1000;

    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>The answer with the TTL that is left of it.</summary>
    public bool TryGet(DomainName name, DnsType type, [NotNullWhen(true)] out NameAnswer? answer)
    {
        answer = null;
        Instant now = Now;
        lock (_lock)
        {
            if (!_entries.TryGetValue((name, type), out LinkedListNode<Entry>? node))
                return false;
            if (node.Value.ExpiresAt <= now)
            {
                Remove(node);
                return false;
            }

            uint left = (uint)Math.Ceiling((node.Value.ExpiresAt - now).TotalSeconds);
            NameAnswer known = node.Value.Answer;
            answer = new NameAnswer(name, type, known.Failure, [.. known.Records.Select(record => record with { Ttl = left })], NameLevel.BrowserCache, "")
            {
                Sets = Provenance.Aged(known.Sets, left),
                Security = known.Security,
                IsAuthenticated = known.IsAuthenticated,
            };
            return true;
        }
    }

    /// <summary>Keeps an answer that has addresses and a TTL; others are not kept.</summary>
    public void Put(NameAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        TimeSpan ttl = TimeSpan.FromSeconds(answer.Ttl);
        if (!answer.Succeeded || answer.Addresses.Count == 0 || ttl == TimeSpan.Zero)
            return;
        Instant expires = Now + (ttl < MostTtl ? ttl : MostTtl);
        lock (_lock)
        {
            if (_entries.TryGetValue((answer.Name, answer.Type), out LinkedListNode<Entry>? old))
                Remove(old);
            if (_entries.Count >= MostEntries && _byAge.Last is { } oldest)
                Remove(oldest);
            _entries[(answer.Name, answer.Type)] = _byAge.AddFirst(new Entry((answer.Name, answer.Type), answer, expires));
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _byAge.Clear();
        }
    }

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Key);
        _byAge.Remove(node);
    }

    private sealed record Entry((DomainName, DnsType) Key, NameAnswer Answer, Instant ExpiresAt);
}
