using System.Buffers;
using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What a signature signs (RFC 4034 §3.1.8.1), for those who make signatures and for those who check them.</summary>
internal static class SignedSet
{
    /// <summary>The RRSIG's data without the signature, then the records in canonical form and order (§6).</summary>
    /// <param name="rrsig">Its labels, when fewer than the owner's, say from which wildcard the set was made; they must not be more.</param>
    /// <param name="set">In any order and letters' case; its own TTL is not looked at.</param>
    public static byte[] Bytes(RrsigData rrsig, Rrset set)
    {
        DomainName owner = SignedOwner(rrsig, set.Name).ToLower();
        byte[][] records = Array.ConvertAll(set.Records, record => CanonicalData.Of(record.Type, record.Data.Span));
        Array.Sort(records, static (a, b) => a.AsSpan().SequenceCompareTo(b));

        byte[] prefix = rrsig.ToSignedPrefix();
        var signed = new ArrayBufferWriter<byte>(prefix.Length + records.Sum(record => owner.Size + 10 + record.Length));
        signed.Write(prefix);
        Span<byte> head = stackalloc byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)set.Type);
        BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)set.Class);
        BinaryPrimitives.WriteUInt32BigEndian(head[4..], rrsig.OriginalTtl);
        for (int i = 0; i < records.Length; i++)
        {
            // RFC 4034 §6.3: what is there twice counts once; letters' case may have hidden it until now.
            if (i > 0 && records[i].AsSpan().SequenceEqual(records[i - 1]))
                continue;
            BinaryPrimitives.WriteUInt16BigEndian(head[8..], (ushort)records[i].Length);
            signed.Write(owner.Wire);
            signed.Write(head);
            signed.Write(records[i]);
        }

        return signed.WrittenSpan.ToArray();
    }

    /// <summary>The name that was signed: the owner, or the wildcard that it was made from (RFC 4035 §5.3.2).</summary>
    /// <exception cref="ArgumentException">The signature claims more labels than the owner has.</exception>
    public static DomainName SignedOwner(RrsigData rrsig, DomainName owner)
    {
        int labels = LabelsOf(owner);
        if (rrsig.Labels > labels)
            throw new ArgumentException($"'{owner}' has fewer than {rrsig.Labels} labels.", nameof(rrsig));
        if (rrsig.Labels == labels)
            return owner;
        owner.Ancestor(rrsig.Labels).TryPrepend("*"u8, out DomainName wildcard);
        return wildcard;
    }

    /// <summary>What the labels field counts: neither the root nor a leading <c>*</c> (RFC 4034 §3.1.3).</summary>
    public static int LabelsOf(DomainName owner) => owner.LabelCount - (owner.IsWildcard ? 1 : 0);
}
