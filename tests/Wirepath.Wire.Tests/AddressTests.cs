using FsCheck.Fluent;

namespace Wirepath.Wire.Tests;

public class AddressTests
{
    [Fact]
    public void Addresses_go_through_text_and_wire_unchanged()
    {
        Any.Holds(Any.Ip, address =>
        {
            IpAddress.Parse(address.ToString()).ShouldBe(address);
            byte[] bytes = new byte[address.Size];
            address.Write(bytes);
            IpAddress.Read(bytes).ShouldBe(address);
            IpAddress.From(address.ToIPAddress()).ShouldBe(address);
        });
        Any.Holds(Any.Mac, mac =>
        {
            MacAddress.TryParse(mac.ToString(), out MacAddress read).ShouldBeTrue();
            read.ShouldBe(mac);
            byte[] bytes = new byte[6];
            mac.Write(bytes);
            MacAddress.Read(bytes).ShouldBe(mac);
        });
        Any.Holds(from address in Any.Ip from port in Any.UInt16 select new IpEndpoint(address, port), endpoint =>
        {
            IpEndpoint.TryParse(endpoint.ToString(), out IpEndpoint read).ShouldBeTrue();
            read.ShouldBe(endpoint);
        });
    }

    [Theory]
    [InlineData("1")]
    [InlineData("127.1")]
    [InlineData("256.0.0.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("fe80::1%eth0")]
    [InlineData("")]
    [InlineData(null)]
    public void What_people_would_not_call_an_address_is_refused(string? text) => IpAddress.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_prefix_contains_just_the_addresses_whose_leading_bits_match() =>
        Any.Holds(from a in Any.Ip from b in Any.Ip from length in Gen.Choose(0, 128) select (a, b, length), given =>
        {
            (IpAddress a, IpAddress b, int length) = given;
            length = Math.Min(length, a.Size * 8);
            var prefix = new IpPrefix(a, length);
            prefix.Contains(a).ShouldBeTrue();
            prefix.Contains(prefix.Address).ShouldBeTrue();
            bool expected = a.Size == b.Size && Bits(a)[..length] == Bits(b)[..length];
            prefix.Contains(b).ShouldBe(expected);
            IpPrefix.Parse(prefix.ToString()).ShouldBe(prefix);
        });

    [Fact]
    public void The_edges_of_IPv4_prefixes_are_what_every_table_says()
    {
        IpPrefix lan = IpPrefix.Parse("192.168.1.77/24");
        lan.ToString().ShouldBe("192.168.1.0/24");
        (lan.Netmask, lan.Broadcast).ShouldBe((IpAddress.Parse("255.255.255.0"), IpAddress.Parse("192.168.1.255")));
        IpPrefix all = IpPrefix.Parse("0.0.0.0/0");
        (all.Netmask, all.Broadcast).ShouldBe((IpAddress.AnyV4, IpAddress.BroadcastV4));
        IpPrefix one = IpPrefix.Parse("10.0.0.1/32");
        (one.Netmask, one.Broadcast).ShouldBe((IpAddress.BroadcastV4, one.Address));
        all.Contains(IpAddress.LoopbackV6).ShouldBeFalse();
        IpPrefix.TryParse("10.0.0.0/33", out _).ShouldBeFalse();
        InterfaceAddress.TryParse("192.168.1.10/24", out InterfaceAddress own).ShouldBeTrue();
        own.Prefix.ShouldBe(lan);
    }

    [Fact]
    public void Kinds_of_addresses_are_told_apart()
    {
        IpAddress.Parse("127.8.8.8").IsLoopback.ShouldBeTrue();
        IpAddress.Parse("::1").IsLoopback.ShouldBeTrue();
        IpAddress.Parse("224.0.0.1").IsMulticast.ShouldBeTrue();
        IpAddress.Parse("ff02::1").IsMulticast.ShouldBeTrue();
        IpAddress.Parse("169.254.3.4").IsLinkLocal.ShouldBeTrue();
        IpAddress.Parse("fe80::1").IsLinkLocal.ShouldBeTrue();
        IpAddress.Parse("fec0::1").IsLinkLocal.ShouldBeFalse();
        (IpAddress.None.IsV4, IpAddress.None.IsV6, IpAddress.None.IsUnspecified).ShouldBe((false, false, false));
        MacAddress.Broadcast.IsMulticast.ShouldBeTrue();
        TestFrames.Client.IsMulticast.ShouldBeFalse();
    }

    [Fact]
    public void Sequence_numbers_are_compared_across_the_wrap() =>
        Any.Holds(from start in Any.Sequence from distance in Gen.Choose(1, int.MaxValue) select (start, distance), given =>
        {
            (SequenceNumber start, int distance) = given;
            SequenceNumber later = start + distance;
            (later > start).ShouldBeTrue();
            (start < later).ShouldBeTrue();
            (later >= start).ShouldBeTrue();
            (start >= later).ShouldBeFalse();
            (later - start).ShouldBe(distance);
            (start - later).ShouldBe(-distance);
            (later - distance).ShouldBe(start);
            SequenceNumber.Max(start, later).ShouldBe(later);
            SequenceNumber.Min(start, later).ShouldBe(start);
        });

    [Fact]
    public void Instants_never_wrap_past_never()
    {
        (Instant.Never + TimeSpan.FromDays(1)).IsNever.ShouldBeTrue();
        (new Instant(long.MaxValue - 5) + TimeSpan.FromTicks(10)).IsNever.ShouldBeTrue();
        (new Instant(5) + TimeSpan.FromTicks(10) - new Instant(1)).ShouldBe(TimeSpan.FromTicks(14));
        Instant.Min(new Instant(1), Instant.Never).ShouldBe(new Instant(1));
        Instant.FromDateTimeOffset(DateTimeOffset.UnixEpoch).ShouldBe(Instant.Epoch);
    }

    private static string Bits(IpAddress address) => address.IsV4
        ? address.V4Value.ToString("B32", System.Globalization.CultureInfo.InvariantCulture)
        : address.High.ToString("B64", System.Globalization.CultureInfo.InvariantCulture) + address.Low.ToString("B64", System.Globalization.CultureInfo.InvariantCulture);
}
