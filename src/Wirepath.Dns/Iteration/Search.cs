using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>One question being resolved, a client's or one that came up on the way: finding a server's address, a key.</summary>
internal sealed class Search(DnsQuestion question, QueryBudget ledger, EventId because)
{
    private int _sent;

    public DnsQuestion Question { get; } = question;

    /// <summary>Pays for this search and all below it.</summary>
    public QueryBudget Ledger { get; } = ledger;

    /// <summary>The search that needs this one's answer; null for a client's question.</summary>
    public Search? Parent { get; private init; }

    public int Depth { get; private init; }

    /// <summary>The last event on the way.</summary>
    public EventId Because { get; set; } = because;

    /// <summary>How much later than now the cache is looked at: an answer fetched ahead of its end must not come from what ends with it.</summary>
    public TimeSpan Ahead { get; init; }

    /// <summary>The question itself is asked although the cache could answer it.</summary>
    public bool IsRefresh { get; init; }

    /// <summary>Servers that gave bogus answers to it.</summary>
    public IReadOnlyCollection<IpAddress>? Avoid { get; init; }

    /// <summary>The answer is not kept before somebody has checked it: an older, good one must not be lost to a bad one.</summary>
    public bool IsKeptLater { get; init; }

    /// <summary>Servers whose replies the answer was made of.</summary>
    public List<IpAddress> Sources { get; } = [];

    public CancellationToken Cancellation { get; init; }

    public Search Below(DnsQuestion question) => new(question, Ledger, Because)
    {
        Parent = this,
        Depth = Depth + 1,
        Ahead = Ahead,
        Cancellation = Cancellation,
    };

    /// <summary>Counts a query sent for this search alone.</summary>
    /// <returns>False when there were too many.</returns>
    public bool TrySpendQuery(int most) => Interlocked.Increment(ref _sent) <= most;

    /// <summary>True when this search is there, at any distance, because of the question: answering it would wait for itself.</summary>
    public bool IsBecauseOf(DnsQuestion question)
    {
        for (Search? at = this; at is not null; at = at.Parent)
        {
            if (at.Question == question)
                return true;
        }

        return false;
    }

    /// <summary>True for the search itself and for all that it has started.</summary>
    public bool IsBelow(Search other)
    {
        for (Search? at = this; at is not null; at = at.Parent)
        {
            if (at == other)
                return true;
        }

        return false;
    }

    /// <summary>The circle that closes with the question: <c>ns.a.test. → ns.b.test. → ns.a.test.</c></summary>
    public string DescribeCircle(DnsQuestion question)
    {
        var names = new List<string> { question.Name.ToString() };
        for (Search? at = this; at is not null; at = at.Parent)
        {
            names.Add(at.Question.Name.ToString());
            if (at.Question == question)
                break;
        }

        names.Reverse();
        return string.Join(" → ", names);
    }
}
