using Wirepath.Wire;

namespace Wirepath.Dns;

// Leaving the process and coming back.
public sealed partial class ResolverCache
{
    /// <summary>Writes what lives, for <see cref="TryLoad"/>. What failed or was bogus is left out.</summary>
    /// <param name="writer">A file that takes the old one's place once it is whole: a full disk must not cost both.</param>
    /// <param name="now">The time.</param>
    /// <returns>Sets and messages written.</returns>
    public (int Sets, int Messages) Save(TextWriter writer, Instant now)
    {
        ArgumentNullException.ThrowIfNull(writer);
        CachedSet[] sets;
        CachedMessage[] messages;
        lock (_lock)
        {
            sets = [.. _sets.All.Where(s => s.ExpiresAt > now && s.Set.Security != Security.Bogus && !s.Key.IsParentSide)];
            messages = [.. _messages.ByUse.Where(m => m.IsAnswer && m.Key.Type != DnsType.None && m.Security != Security.Bogus && m.IsAlive(now))];
        }

        CacheSnapshot.WriteHead(writer);
        foreach (CachedSet set in sets)
            CacheSnapshot.Write(writer, set);
        foreach (CachedMessage message in messages)
            CacheSnapshot.Write(writer, message);
        CacheSnapshot.WriteEnd(writer, sets.Length, messages.Length);
        return (sets.Length, messages.Length);
    }

    /// <summary>Adds what was saved and has not run out since. Signatures are checked again before anything counts as secure.</summary>
    /// <param name="reader">What <see cref="Save"/> wrote.</param>
    /// <param name="fileName">For the error.</param>
    /// <param name="now">The time.</param>
    /// <param name="messages">Answers that are there now.</param>
    /// <param name="error">Where it is not what was saved; the cache is then as it was before.</param>
    public bool TryLoad(TextReader reader, string fileName, Instant now, out int messages, out TextError error)
    {
        ArgumentNullException.ThrowIfNull(reader);
        messages = 0;
        if (!CacheSnapshot.TryRead(reader, fileName, out CacheSnapshot snapshot, out error))
            return false;
        lock (_lock)
        {
            foreach ((Rrset set, Instant expiresAt) in snapshot.Sets)
            {
                if (expiresAt > now)
                    _sets.Put(WithinLimits(set.WithTtl(CachedSet.TtlLeft(expiresAt, now))), now, now);
            }

            foreach (CacheSnapshot.MessageEntry entry in snapshot.Messages)
            {
                if (Restore(entry, now) is not { } message)
                    continue;
                _messages.Put(message);
                messages++;
            }
        }

        return true;
    }

    // Only from sets that are all there.
    private CachedMessage? Restore(CacheSnapshot.MessageEntry entry, Instant now)
    {
        var message = new ResolvedMessage(entry.Question, entry.Rcode);
        var sets = new CachedSet[entry.Sets.Count];
        Instant expires = Instant.Min(entry.ExpiresAt, now + Settings.MostTtl);
        for (int i = 0; i < sets.Length; i++)
        {
            if (!_sets.TryGet(entry.Sets[i], now, out CachedSet? set))
                return null;
            sets[i] = set;
            expires = Instant.Min(expires, set.ExpiresAt);
            List<Rrset> section = i < entry.Answers ? message.Answers : i < entry.Answers + entry.Authorities ? message.Authorities : message.Additionals;
            section.Add(set.Set);
        }

        return expires > now && message.IsAnswer ? new CachedMessage(entry.Question, message, sets, now, expires) : null;
    }
}
