using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// The half-open connections of a listener: found by their four-tuple, and chained by when their SYN,ACK is due again. All that
/// were repeated equally often wait equally long, so each chain is in order by itself and a row needs no timer.
/// </summary>
internal sealed class SynQueue(TcpSettings settings)
{
    // As many as a byte counts; nobody repeats a SYN,ACK that often.
    private const int MostAttempts = 32;

    private readonly HashSet<SynRequest> _all = new(new ByPeer());
    private readonly Chain[] _chains = new Chain[Math.Min(settings.SynAckRetries, MostAttempts) + 1];

    private struct Chain
    {
        public SynRequest? First;
        public SynRequest? Last;
        public int Count;
    }

    private sealed class ByPeer : IEqualityComparer<SynRequest>, IAlternateEqualityComparer<FourTuple, SynRequest>
    {
        public bool Equals(SynRequest? x, SynRequest? y) => ReferenceEquals(x, y);

        public int GetHashCode(SynRequest request) => request.Peer.GetHashCode();

        public bool Equals(FourTuple peer, SynRequest request) => request.Peer.Equals(peer);

        public int GetHashCode(FourTuple peer) => peer.GetHashCode();

        public SynRequest Create(FourTuple peer) => new(peer);
    }

    public int Count => _all.Count;

    public IEnumerable<SynRequest> All => _all;

    public Instant NextDue
    {
        get
        {
            Instant next = Instant.Never;
            foreach (ref readonly Chain chain in _chains.AsSpan())
            {
                if (chain.First is { } first)
                    next = Instant.Min(next, first.Due);
            }

            return next;
        }
    }

    public bool TryFind(in FourTuple peer, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SynRequest? request)
    {
        request = null;
        return _all.Count > 0 && _all.GetAlternateLookup<FourTuple>().TryGetValue(peer, out request);
    }

    public void Add(SynRequest request, Instant now)
    {
        _all.Add(request);
        Append(request, now);
    }

    public void Remove(SynRequest request)
    {
        if (_all.Remove(request))
            Unlink(request);
    }

    public void Clear()
    {
        _all.Clear();
        Array.Clear(_chains);
    }

    /// <summary>The SYN,ACK has just gone out again because the SYN came again: it waits anew.</summary>
    public void Postpone(SynRequest request, Instant now)
    {
        Unlink(request);
        Append(request, now);
    }

    /// <summary>One more repetition by time-out.</summary>
    public void Repeat(SynRequest request, Instant now)
    {
        Unlink(request);
        request.Attempts++;
        request.IsRepeated = true;
        Append(request, now);
    }

    public bool TryGetDue(Instant now, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SynRequest? request)
    {
        request = null;
        foreach (ref readonly Chain chain in _chains.AsSpan())
        {
            if (chain.First is { } first && first.Due <= now && (request is null || first.Due < request.Due))
                request = first;
        }

        return request is not null;
    }

    /// <summary>
    /// Repetitions that a SYN,ACK may have now. A queue that is more than half full and holds mostly old requests is under a
    /// flood, or its peers are gone: the fewer young ones, the sooner the old give way, down to two repetitions (as Linux).
    /// </summary>
    public int RetryLimit(int backlog)
    {
        int limit = _chains.Length - 1;
        if (Count * 2L <= Math.Max(8, backlog))
            return limit;
        for (long young = _chains[0].Count * 2L; limit > 2 && Count >= young; young *= 2)
            limit--;
        return limit;
    }

    /// <summary>How long the SYN,ACK that is out for the <paramref name="attempts"/>th repetition is waited for.</summary>
    public TimeSpan Interval(int attempts)
    {
        TimeSpan wait = settings.InitialRto;
        for (int i = 0; i < attempts && wait < settings.MaxRto; i++)
            wait *= 2;
        return wait < settings.MaxRto ? wait : settings.MaxRto;
    }

    private void Append(SynRequest request, Instant now)
    {
        request.Due = now + Interval(request.Attempts);
        ref Chain chain = ref _chains[request.Attempts];
        (request.Previous, request.Following) = (chain.Last, null);
        if (chain.Last is null)
            chain.First = request;
        else
            chain.Last.Following = request;
        chain.Last = request;
        chain.Count++;
    }

    private void Unlink(SynRequest request)
    {
        ref Chain chain = ref _chains[request.Attempts];
        if (request.Previous is null)
            chain.First = request.Following;
        else
            request.Previous.Following = request.Following;
        if (request.Following is null)
            chain.Last = request.Previous;
        else
            request.Following.Previous = request.Previous;
        (request.Previous, request.Following) = (null, null);
        chain.Count--;
    }
}
