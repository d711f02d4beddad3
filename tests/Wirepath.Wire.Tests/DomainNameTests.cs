using FsCheck.Fluent;

namespace Wirepath.Wire.Tests;

public class DomainNameTests
{
    [Fact]
    public void Text_and_wire_say_the_same_whatever_bytes_the_labels_hold() => Any.Holds(Any.Name, name =>
    {
        DomainName.Parse(name.ToString()).EqualsExactly(name).ShouldBeTrue(name.ToString());
        DomainName.TryRead(name.Wire, out DomainName read).ShouldBeTrue();
        read.EqualsExactly(name).ShouldBeTrue();
        read.Size.ShouldBe(name.Size);
        name.ToLower().ShouldBe(name);
        name.ToLower().GetHashCode().ShouldBe(name.GetHashCode());
        name.WithRandomCase(new RandomSource(1)).ShouldBe(name);
        name.IsSubdomainOf(DomainName.Root).ShouldBeTrue();
        name.IsSubdomainOf(name.Parent).ShouldBeTrue();
        name.LabelCount.ShouldBe(name.IsRoot ? 0 : name.Parent.LabelCount + 1);
    });

    [Theory]
    [InlineData("www.example.com", "www.example.com.")]
    [InlineData("www.example.com.", "www.example.com.")]
    [InlineData(".", ".")]
    [InlineData(@"a\.b.c", @"a\.b.c.")]
    [InlineData(@"a\255\000.c", @"a\255\000.c.")]
    [InlineData(@"\065bc", "Abc.")]
    public void Presentation_format_is_read_and_written(string text, string written) => DomainName.Parse(text).ToString().ShouldBe(written);

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".com")]
    [InlineData("a..b")]
    [InlineData(@"a\25")]
    [InlineData(@"a\256")]
    [InlineData("a\\")]
    [InlineData("bücher.example")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123.com")]
    public void What_is_no_name_is_refused(string text) => DomainName.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void The_longest_name_has_255_bytes_and_127_labels()
    {
        string text = string.Concat(Enumerable.Repeat("a.", 127));
        DomainName name = DomainName.Parse(text);
        (name.Size, name.LabelCount).ShouldBe((255, 127));
        DomainName.TryParse(text + "a", out _).ShouldBeFalse();
        DomainName.TryParse(text + "a.", out _).ShouldBeFalse();
        name.TryPrepend("b"u8, out _).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => name.Prepend("b"));
    }

    [Fact]
    public void Case_is_kept_and_does_not_matter()
    {
        DomainName a = DomainName.Parse("WWW.Example.com");
        DomainName b = DomainName.Parse("www.eXAMPLE.COM");
        a.ShouldBe(b);
        (a == b).ShouldBeTrue();
        a.EqualsExactly(b).ShouldBeFalse();
        a.GetHashCode().ShouldBe(b.GetHashCode());
        a.ToString().ShouldBe("WWW.Example.com.");
        // [ and { differ only in bit 0x20 but are no letters.
        DomainName.Parse("[").ShouldNotBe(DomainName.Parse("{"));
        DomainName.Parse(@"\193").ShouldNotBe(DomainName.Parse(@"\225"));
        DomainName.Parse(@"\193A").ShouldBe(DomainName.Parse(@"\193a"));
    }

    [Fact]
    public void Bailiwick_goes_by_whole_labels()
    {
        DomainName example = DomainName.Parse("example.com");
        DomainName.Parse("www.EXAMPLE.com").IsSubdomainOf(example).ShouldBeTrue();
        example.IsSubdomainOf(example).ShouldBeTrue();
        DomainName.Parse("notexample.com").IsSubdomainOf(example).ShouldBeFalse();
        DomainName.Parse("com").IsSubdomainOf(example).ShouldBeFalse();
        DomainName.Parse("mail.example.com").CommonLabels(DomainName.Parse("www.example.com")).ShouldBe(2);
        DomainName.Parse("www.example.com").Ancestor(1).ShouldBe(DomainName.Parse("com"));
        example.Prepend("www").ShouldBe(DomainName.Parse("www.example.com"));
        DomainName.TryParse("www", example, out DomainName relative).ShouldBeTrue();
        relative.ShouldBe(DomainName.Parse("www.example.com"));
        DomainName.Parse("a.old.example").TryReplaceSuffix(DomainName.Parse("old.example"), DomainName.Parse("new.test"), out DomainName moved).ShouldBeTrue();
        moved.ShouldBe(DomainName.Parse("a.new.test"));
    }

    [Fact]
    public void The_canonical_order_is_that_of_RFC_4034()
    {
        // §6.1's own example.
        string[] ordered = ["example", "a.example", "yljkjljk.a.example", "Z.a.example", "zABC.a.EXAMPLE", "z.example", @"\001.z.example", "*.z.example", @"\200.z.example"];
        DomainName[] names = [.. ordered.Select(DomainName.Parse)];
        names.Reverse().Order().Select(name => name.ToString()).ShouldBe(names.Select(name => name.ToString()));
    }

    [Fact]
    public void Pointers_lead_strictly_backwards_or_nowhere()
    {
        // 12 bytes of header, then at 12 "com.", at 17 "a" and a pointer to 12.
        byte[] message = [.. new byte[12], 3, (byte)'c', (byte)'o', (byte)'m', 0, 1, (byte)'a', 0xC0, 12];
        int offset = 17;
        DomainName.TryRead(message, ref offset, out DomainName name).ShouldBeTrue();
        (name.ToString(), offset).ShouldBe(("a.com.", 21));

        foreach ((byte[] bytes, string why) in new (byte[], string)[]
        {
            ([.. new byte[12], 0xC0, 12], "to itself"),
            ([.. new byte[12], 0xC0, 14, 0], "forward"),
            ([.. new byte[12], 1, (byte)'a', 0xC0, 12], "a loop through a label"),
            ([.. new byte[12], 0xC0, 2], "into the header"),
            ([.. new byte[12], 0xC0], "half a pointer"),
            ([.. new byte[12], 5, (byte)'a'], "a label past the end"),
            ([.. new byte[12], 1, (byte)'a'], "no end"),
            ([.. new byte[12], 0x41, 0], "an extended label type"),
            ([.. new byte[12], 0x81, 0], "a reserved label type"),
        })
        {
            int at = 12;
            DomainName.TryRead(bytes, ref at, out _).ShouldBeFalse(why);
        }

        // Two pointers at each other, both before the name that leads to them.
        int after = 16;
        DomainName.TryRead([.. new byte[12], 0xC0, 14, 0xC0, 12, 0xC0, 12], ref after, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_name_made_too_long_by_pointers_is_refused()
    {
        // Each of five pieces has 63 bytes and points to the one before: allowed pointers, 320 bytes of name.
        byte[] message = new byte[12 + 65 + 4 * 66];
        int at = 12;
        for (int piece = 0; piece < 5; piece++)
        {
            int start = at;
            message[at] = 63;
            at += 64;
            if (piece == 0)
            {
                message[at++] = 0;
            }
            else
            {
                int previous = piece == 1 ? 12 : start - 66;
                (message[at], message[at + 1]) = ((byte)(0xC0 | (previous >> 8)), (byte)previous);
                at += 2;
            }

            int offset = start;
            DomainName.TryRead(message, ref offset, out DomainName name).ShouldBe(piece < 3, $"piece {piece}");
            if (piece < 3)
                name.LabelCount.ShouldBe(piece + 1);
        }
    }
}
