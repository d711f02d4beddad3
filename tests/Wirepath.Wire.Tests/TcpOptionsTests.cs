using Wirepath.Tests;

namespace Wirepath.Wire.Tests;

public class TcpOptionsTests
{
    [Fact]
    [Covers("RFC 9293", "MUST-68")]
    [Covers("RFC 9293", "MUST-69")]
    public void What_is_written_is_what_is_read_and_Size_says_how_much_that_is()
    {
        byte[] buffer = new byte[64];
        Any.Holds(Any.TcpOptions, options =>
        {
            // Whatever else there is, Linux' 20 bytes of a SYN and a cookie of 14 fill the header.
            int size = options.Write(buffer);
            size.ShouldBe(options.Size);
            (size % 4).ShouldBe(0);
            size.ShouldBeLessThanOrEqualTo(TcpOptions.MaxSize);
            TcpOptions.TryRead(buffer.AsSpan(0, size), out TcpOptions read).ShouldBeTrue();
            if (read.SackCount == options.SackCount)
                read.ShouldBe(options);
            else
                (size + 8).ShouldBeGreaterThan(TcpOptions.MaxSize - 4); // Blocks are only left out for want of room.
            for (int i = 0; i < read.SackCount; i++)
                read[i].ShouldBe(options.GetSack(i));
        }, 2000);
    }

    [Fact]
    public void They_lie_on_the_wire_as_Linux_puts_them()
    {
        var syn = new TcpOptions { HasMss = true, Mss = 1460, SackPermitted = true, HasTimestamps = true, TimestampValue = 0x01020304, HasWindowScale = true, WindowScale = 7 };
        Hex(syn).ShouldBe("020405B4" + "0402" + "080A0102030400000000" + "01030307");
        Hex(syn with { HasTimestamps = false }).ShouldBe("020405B4" + "01010402" + "01030307");
        Hex(syn with { SackPermitted = false, HasMss = false, HasWindowScale = false }).ShouldBe("0101080A0102030400000000");

        TcpOptions sack = default;
        sack.AddSack(new SackBlock(new SequenceNumber(1), new SequenceNumber(2)));
        Hex(sack).ShouldBe("0101050A" + "00000001" + "00000002");
    }

    [Fact]
    public void With_timestamps_three_SACK_blocks_fit_and_the_fourth_is_left_out()
    {
        var options = new TcpOptions { HasTimestamps = true };
        for (uint i = 0; i < 4; i++)
            options.AddSack(new SackBlock(new SequenceNumber(i), new SequenceNumber(i + 1))).ShouldBeTrue();
        options.AddSack(default).ShouldBeFalse();
        options.Size.ShouldBe(40);
        TcpOptions.TryRead(Convert.FromHexString(Hex(options)), out TcpOptions read).ShouldBeTrue();
        read.SackCount.ShouldBe(3);
    }

    [Theory]
    [InlineData("02", "a kind without a length")]
    [InlineData("0200", "a length of 0 would loop for ever")]
    [InlineData("0201", "a length below 2")]
    [InlineData("020405", "a length past the end")]
    [InlineData("FE28", "an unknown option past the end")]
    [Covers("RFC 9293", "MUST-7")]
    [Covers("RFC 9293", "MUST-68")]
    public void A_length_that_lies_is_refused(string options, string why) =>
        TcpOptions.TryRead(Convert.FromHexString(options), out _).ShouldBeFalse(why);

    [Fact]
    [Covers("RFC 9293", "MUST-6")]
    [Covers("RFC 9293", "MUST-7")]
    public void Unknown_kinds_and_known_kinds_of_wrong_length_are_skipped()
    {
        TcpOptions.TryRead(Convert.FromHexString("FD0411220203FF0303070000FFFF"), out TcpOptions read).ShouldBeTrue();
        read.HasMss.ShouldBeFalse();
        (read.HasWindowScale, read.WindowScale).ShouldBe((true, (byte)7));
    }

    private static string Hex(TcpOptions options)
    {
        byte[] bytes = new byte[options.Size];
        options.Write(bytes);
        return Convert.ToHexString(bytes);
    }
}
