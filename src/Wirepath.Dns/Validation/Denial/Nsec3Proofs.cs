using System.Security.Cryptography;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Proofs by NSEC3: RFC 5155 §8. Each chain (iterations and salt) is asked by itself; records of different chains prove
/// nothing together. Unknown hashes and flags are not looked at (§8.1, §8.2).
/// </summary>
internal sealed class Nsec3Proofs : IDenialProofs
{
    private const byte Sha1Hash = 1;

    private readonly List<Nsec3Chain> _chains = [];

    /// <param name="zone">Whose keys verified the sets.</param>
    /// <param name="sets">NSEC3 sets among others; none of them expanded from a wildcard.</param>
    /// <param name="mostIterations">Chains with more are not computed.</param>
    /// <param name="hashes">The question's hashes.</param>
    public Nsec3Proofs(DomainName zone, IEnumerable<Rrset> sets, int mostIterations, Nsec3Hashes hashes)
    {
        foreach (Rrset set in sets)
        {
            if (set.Type != DnsType.NSEC3 || set.Name.IsRoot || set.Name.Parent != zone)
                continue;
            byte[] owner = new byte[SHA1.HashSizeInBytes];
            if (!Base32Hex.TryDecode(set.Name.FirstLabel, owner, out int size) || size != owner.Length)
                continue;
            foreach (DnsRecord record in set.Records)
            {
                if (!Nsec3Data.TryRead(record.Data, out Nsec3Data nsec3) || nsec3.HashAlgorithm != Sha1Hash || nsec3.Flags > 1
                    || nsec3.NextHash.Length != owner.Length)
                    continue;
                IsEmpty = false;
                if (nsec3.Iterations > mostIterations)
                    HasTooManyIterations = true;
                else
                    ChainOf(zone, nsec3, hashes).Add(owner, nsec3);
            }
        }
    }

    public bool IsEmpty { get; private set; } = true;

    /// <summary>A chain was left out for its iterations; what it would have shown counts as <see cref="Denial.Insecure"/>.</summary>
    public bool HasTooManyIterations { get; }

    public Denial NameError(DomainName name) => Best(chain => chain.NameError(name));

    public Denial NoData(DomainName name, DnsType type) => Best(chain => chain.NoData(name, type));

    public Denial NoCloserMatch(DomainName name, int encloserLabels) => Best(chain => chain.NoCloserMatch(name, encloserLabels));

    public DsDenial DsAbsence(DomainName name)
    {
        foreach (Nsec3Chain chain in _chains)
        {
            DsDenial denial = chain.DsAbsence(name);
            if (denial != DsDenial.NotProven)
                return denial;
        }

        return HasTooManyIterations ? DsDenial.Insecure : DsDenial.NotProven;
    }

    private Denial Best(Func<Nsec3Chain, Denial> ask)
    {
        Denial best = HasTooManyIterations ? Denial.Insecure : Denial.NotProven;
        foreach (Nsec3Chain chain in _chains)
        {
            Denial denial = ask(chain);
            if (denial > best)
                best = denial;
        }

        return best;
    }

    private Nsec3Chain ChainOf(DomainName zone, Nsec3Data nsec3, Nsec3Hashes hashes)
    {
        foreach (Nsec3Chain known in _chains)
        {
            if (known.Has(nsec3))
                return known;
        }

        var chain = new Nsec3Chain(zone, nsec3.Iterations, nsec3.Salt, hashes);
        _chains.Add(chain);
        return chain;
    }
}
