using System.Numerics;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>One signature, one key: the vectors of the RFCs, and keys that somebody made to hurt.</summary>
public sealed class SignatureAlgorithmTests
{
    // RFC 8032 §7.1: secret keys are not needed to check.
    [Theory]
    [InlineData("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    [InlineData("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704")]
    public void Ed25519_agrees_with_the_vectors_of_RFC_8032_and_with_none_of_their_neighbours(string key, string message, string signature)
    {
        byte[] k = Convert.FromHexString(key);
        byte[] m = Convert.FromHexString(message);
        byte[] s = Convert.FromHexString(signature);
        Ed25519.Verify(k, s, m).ShouldBeTrue();
        for (int bit = 0; bit < s.Length * 8; bit += 7)
            Ed25519.Verify(k, Flipped(s, bit), m).ShouldBeFalse();
        for (int bit = 0; bit < k.Length * 8; bit += 13)
            Ed25519.Verify(Flipped(k, bit), s, m).ShouldBeFalse();
        Ed25519.Verify(k, s, [.. m, 0]).ShouldBeFalse();
    }

    // RFC 8032 §7.4.
    [Theory]
    [InlineData("5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180", "",
        "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600")]
    [InlineData("43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4cb82169c235160627b4c3a9480", "03",
        "26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4352541b143c4b981b7e18f62de8ccdf633fc1bf037ab7cd779805e0dbcc0aae1cbcee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0ff3348ab21aa4adafd1d234441cf807c03a00")]
    [InlineData("dcea9e78f35a1bf3499a831b10b86c90aac01cd84b67a0109b55a36e9328b1e365fce161d71ce7131a543ea4cb5f7e9f1d8b00696447001400", "0c3e544074ec63b0265e0c",
        "1f0a8888ce25e8d458a21130879b840a9089d999aaba039eaf3e3afa090a09d389dba82c4ff2ae8ac5cdfb7c55e94d5d961a29fe0109941e00b8dbdeea6d3b051068df7254c0cdc129cbe62db2dc957dbb47b51fd3f213fb8698f064774250a5028961c9bf8ffd973fe5d5c206492b140e00")]
    public void Ed448_agrees_with_the_vectors_of_RFC_8032_where_the_platform_has_its_hash(string key, string message, string signature)
    {
        byte[] k = Convert.FromHexString(key);
        byte[] m = Convert.FromHexString(message);
        byte[] s = Convert.FromHexString(signature);
        Ed448.Verify(k, s, m).ShouldBe(Ed448.IsSupported);
        for (int bit = 0; bit < s.Length * 8; bit += 41)
            Ed448.Verify(k, Flipped(s, bit), m).ShouldBeFalse();
        for (int bit = 0; bit < k.Length * 8; bit += 71)
            Ed448.Verify(Flipped(k, bit), s, m).ShouldBeFalse();
        Ed448.Verify(k, s, [.. m, 0]).ShouldBeFalse();
    }

    [Fact]
    public void Ed25519_takes_neither_a_second_form_of_s_nor_of_the_key()
    {
        byte[] key = Convert.FromHexString("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        byte[] signature = Convert.FromHexString(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
        BigInteger order = (BigInteger.One << 252) + BigInteger.Parse("27742317777372353535851937790883648493", null);
        byte[] second = (byte[])signature.Clone();
        (new BigInteger(signature.AsSpan(32), isUnsigned: true) + order).TryWriteBytes(second.AsSpan(32), out _, isUnsigned: true);
        Ed25519.Verify(key, second, [0x72]).ShouldBeFalse();

        // y = p + 1 is the neutral element once more; as a key it would make [S]B = R a signature of everything.
        byte[] tooLarge = [0xEE, .. Enumerable.Repeat((byte)0xFF, 30), 0x7F];
        Ed25519.Verify(tooLarge, signature, [0x72]).ShouldBeFalse();
        Ed25519.Verify(key, signature[..63], [0x72]).ShouldBeFalse();
        Ed25519.Verify(key[..31], signature, [0x72]).ShouldBeFalse();
    }

    [Fact]
    public void The_signed_records_of_the_RFCs_check()
    {
        // RFC 5702 §6.1 and §6.2, RFC 6605 §6.1 and §6.2, RFC 8080 §6.1.
        Vector("example.net. 3600 IN DNSKEY 256 3 8 AwEAAcFcGsaxxdgiuuGmCkVImy4h99CqT7jwY3pexPGcnUFtR2Fh36BponcwtkZ4cAgtvd4Qs8PkxUdp6p/DlUmObdk=",
            "www.example.net. 3600 IN A 192.0.2.91",
            "A 8 3 3600 20300101000000 20000101000000 9033 example.net. kRCOH6u7l0QGy9qpC9l1sLncJcOKFLJ7GhiUOibu4teYp5VE9RncriShZNz85mwlMgNEacFYK/lPtPiVYP4bwg==");
        Vector("example.net. 3600 IN DNSKEY 256 3 10 AwEAAdHoNTOW+et86KuJOWRDp1pndvwb6Y83nSVXXyLA3DLroROUkN6X0O6pnWnjJQujX/AyhqFDxj13tOnD9u/1kTg7cV6rklMrZDtJCQ5PCl/D7QNPsgVsMu1J2Q8gpMpztNFLpPBz1bWXjDtaR7ZQBlZ3PFY12ZTSncorffcGmhOL",
            "www.example.net. 3600 IN A 192.0.2.91",
            "A 10 3 3600 20300101000000 20000101000000 3740 example.net. tsb4wnjRUDnB1BUi+t6TMTXThjVnG+eCkWqjvvjhzQL1d0YRoOe0CbxrVDYd0xDtsuJRaeUw1ep94PzEWzr0iGYgZBWm/zpq+9fOuagYJRfDqfReKBzMweOLDiNa8iP5g9vMhpuv6OPlvpXwm9Sa9ZXIbNl1MBGk0fthPgxdDLw=");
        Vector("example.net. 3600 IN DNSKEY 257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==",
            "www.example.net. 3600 IN A 192.0.2.1",
            "A 13 3 3600 20100909100439 20100812100439 55648 example.net. qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw==");
        Vector("example.net. 3600 IN DNSKEY 257 3 14 xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40",
            "www.example.net. 3600 IN A 192.0.2.1",
            "A 14 3 3600 20100909102025 20100812102025 10771 example.net. /L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuzWTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm");
        Vector("example.com. 3600 IN DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=",
            "example.com. 3600 IN MX 10 mail.example.com.",
            "MX 15 2 3600 1440021600 1438207200 3613 example.com. oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==");
        Vector("example.com. 3600 IN DNSKEY 257 3 15 zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=",
            "example.com. 3600 IN MX 10 mail.example.com.",
            "MX 15 2 3600 1440021600 1438207200 35217 example.com. zXQ0bkYgQTEFyfLyi9QoiY6D8ZdYo4wyUhVioYZXFdT410QPRITQSqJSnzQoSm5poJ7gD7AQR0O7KuI5k2pcBg==");
    }

    [Fact]
    public void Digests_are_those_of_RFC_4034_and_RFC_4509()
    {
        DnsRecord key = SignedText.Record(
            "dskey.example.com. 86400 IN DNSKEY 256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==");
        DnsKeyData.TryRead(key.Data, out DnsKeyData data).ShouldBeTrue();
        data.KeyTag.ShouldBe((ushort)60485);
        Convert.ToHexString(KeyDigest.Of(key.Name, data, DigestType.Sha1)).ShouldBe("2BB183AF5F22588179A53B0A98631FAD1A292118");
        Convert.ToHexString(KeyDigest.Of(key.Name, data, DigestType.Sha256)).ShouldBe("D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A");
        KeyDigest.Of(key.Name, data, DigestType.Gost).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(512)]
    [InlineData(768)]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(2560)]
    public void Our_own_RSA_and_the_platforms_agree(int bits)
    {
        using var rsa = RSA.Create(bits);
        RSAParameters parameters = rsa.ExportParameters(false);
        byte[] text = "What a signature signs"u8.ToArray();
        foreach (HashAlgorithmName hash in (HashAlgorithmName[])[HashAlgorithmName.SHA1, HashAlgorithmName.SHA256])
        {
            byte[] signature = rsa.SignData(text, hash, RSASignaturePadding.Pkcs1);
            byte[] key = RsaKey(parameters.Exponent!, parameters.Modulus!);
            RsaSignature.Verify(key, signature, text, hash).ShouldBeTrue();
            RsaSignature.Verify([0, 0, (byte)parameters.Exponent!.Length, .. key[1..]], signature, text, hash).ShouldBeTrue();
            for (int bit = 0; bit < signature.Length * 8; bit += 61)
                RsaSignature.Verify(key, Flipped(signature, bit), text, hash).ShouldBeFalse();
            RsaSignature.Verify(key, signature, [.. text, 0], hash).ShouldBeFalse();
            RsaSignature.Verify(key, [0, .. signature], text, hash).ShouldBeFalse();
        }
    }

    [Fact]
    public void A_padded_text_is_no_signature_for_an_exponent_of_one_and_an_exponent_of_4096_bits_is_not_computed()
    {
        byte[] modulus = new byte[256];
        Array.Fill(modulus, (byte)0xFF);
        byte[] text = "x"u8.ToArray();
        byte[] padded = [0, 1, .. Enumerable.Repeat((byte)0xFF, 256 - 54), 0,
            0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20, .. SHA256.HashData(text)];
        RsaSignature.Verify(RsaKey([1], modulus), padded[..256], text, HashAlgorithmName.SHA256).ShouldBeFalse();
        RsaSignature.Verify([0, 1, 0, .. modulus, .. modulus], padded[..256], text, HashAlgorithmName.SHA256).ShouldBeFalse();
    }

    [Fact]
    public void Hostile_keys_and_signatures_are_wrong_for_every_algorithm_and_never_throw()
    {
        byte[][] keys =
        [
            [], [0], [0, 0], [0, 0, 0], [0, 0xFF, 0xFF], [1, 3], [3, 1, 0, 1], [255, 1, 2],
            RsaKey([3], new byte[128]), RsaKey([0], Ones(128)), RsaKey([3], [.. Ones(127), 0xFE]), RsaKey([3], Ones(8192)), RsaKey([3], Ones(128)),
            new byte[32], new byte[57], new byte[64], new byte[96], Ones(32), Ones(57), Ones(64), Ones(96),
            [8, .. new byte[20 + 3 * 128]], [8, .. Ones(20 + 3 * 128)], [0, .. Ones(20 + 3 * 64)], [9, .. Ones(20 + 3 * 136)], [0xFF, .. Ones(300)],
        ];
        byte[][] signatures = [[], [0], new byte[41], Ones(41), new byte[64], Ones(64), new byte[96], new byte[114], new byte[128], Ones(128), new byte[1024],
            [0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01], [0x30, 0x80, 0x02], [0x30, 0x02, 0x02, 0xFF]];
        foreach (byte[] key in keys)
        {
            foreach (byte[] signature in signatures)
            {
                for (int algorithm = 0; algorithm < 20; algorithm++)
                    DnssecSignature.Verify(new DnsKeyData(256, 3, (byte)algorithm, key), signature, [1, 2, 3]).ShouldBeFalse();
            }
        }

        Prop.ForAll<byte[], byte[], byte>((key, signature, algorithm) =>
            !DnssecSignature.Verify(new DnsKeyData(256, 3, (byte)(algorithm % 20), key ?? []), signature ?? [], [1])).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void DSA_takes_the_form_of_RFC_2536_and_DER_and_nothing_else()
    {
        (byte[] key, byte[] signature) = OldDsa();
        byte[] der = [0x30, 0x2E, 0x02, 0x15, 0, .. signature[1..21], 0x02, 0x15, 0, .. signature[21..]];
        DsaSignature.Verify(key, signature, "old"u8).ShouldBeTrue();
        DsaSignature.Verify(key, der, "old"u8).ShouldBeTrue();
        for (int bit = 8; bit < signature.Length * 8; bit += 11)
            DsaSignature.Verify(key, Flipped(signature, bit), "old"u8).ShouldBeFalse();
        DsaSignature.Verify(key, signature, "new"u8).ShouldBeFalse();
        DsaSignature.Verify(key[..^1], signature, "old"u8).ShouldBeFalse();
    }

    // A DSA key of 1024 bits, made here because no RFC has one: FIPS 186 signing with the platform.
    private static (byte[] Key, byte[] Signature) OldDsa()
    {
        using var dsa = DSA.Create(1024);
        DSAParameters p = dsa.ExportParameters(false);
        byte[] signature = dsa.SignData("old"u8.ToArray(), HashAlgorithmName.SHA1);
        return ([8, .. Padded(p.Q!, 20), .. Padded(p.P!, 128), .. Padded(p.G!, 128), .. Padded(p.Y!, 128)], [8, .. signature]);
    }

    private static byte[] Padded(byte[] number, int size) => [.. new byte[size - number.Length], .. number];

    private static void Vector(string dnskey, string record, string signature)
    {
        DnsKeyData.TryRead(SignedText.Record(dnskey).Data, out DnsKeyData key).ShouldBeTrue();
        DnsRecord signed = SignedText.Record(record);
        RrsigData rrsig = SignedText.Rrsig(signature);
        rrsig.KeyTag.ShouldBe(key.KeyTag);
        byte[] bytes = SignedSet.Bytes(rrsig, new Rrset([signed], [], 3600));
        DnssecSignature.Verify(key, rrsig.Signature.Span, bytes).ShouldBeTrue(signature);
        DnssecSignature.Verify(key, rrsig.Signature.Span, Flipped(bytes, 3)).ShouldBeFalse();
    }

    private static byte[] RsaKey(byte[] exponent, byte[] modulus) => [(byte)exponent.Length, .. exponent, .. modulus];

    private static byte[] Ones(int count)
    {
        byte[] bytes = new byte[count];
        Array.Fill(bytes, (byte)0xFF);
        return bytes;
    }

    private static byte[] Flipped(byte[] bytes, int bit)
    {
        bytes = (byte[])bytes.Clone();
        bytes[bit >> 3] ^= (byte)(1 << (bit & 7));
        return bytes;
    }
}
