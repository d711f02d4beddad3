using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>The examples of RFC 6724 §10.2, as far as they concern rules that are followed here, and the rules one by one.</summary>
public class AddressSelectionTests
{
    [Theory]
    [InlineData("2001:db8:1::1=2001:db8:1::2 198.51.100.121=169.254.13.78", "2001:db8:1::1 198.51.100.121")]                       // matching scope
    [InlineData("198.51.100.121=198.51.100.117 2001:db8:1::1=fe80::1", "198.51.100.121 2001:db8:1::1")]                            // matching scope
    [InlineData("10.1.2.3=10.1.2.4 2001:db8:1::1=2001:db8:1::2", "2001:db8:1::1 10.1.2.3")]                                        // higher precedence
    [InlineData("2001:db8:1::1=2001:db8:1::2 fe80::1=fe80::2", "fe80::1 2001:db8:1::1")]                                           // smaller scope
    [InlineData("2001:db8:3ffe::1=2001:db8:3f44::2 2001:db8:1::1=2001:db8:1::2", "2001:db8:1::1 2001:db8:3ffe::1")]                // longest matching prefix
    [InlineData("2002:c633:6401::1=2002:c633:6401::2 2001:db8:1::1=2002:c633:6401::2", "2002:c633:6401::1 2001:db8:1::1")]         // matching label
    [InlineData("2002:c633:6401::1=2002:c633:6401::2 2001:db8:1::1=2001:db8:1::2", "2001:db8:1::1 2002:c633:6401::1")]             // higher precedence
    [InlineData("2001:db8::1=none 203.0.113.1=192.0.2.1", "203.0.113.1 2001:db8::1")]                                              // unusable last
    [InlineData("203.0.113.9=192.0.2.1 203.0.113.1=192.0.2.1 192.0.2.2=192.0.2.1", "203.0.113.9 203.0.113.1 192.0.2.2")]           // IPv4: as it came
    [InlineData("fd00::1=2001:db8::2 203.0.113.1=192.0.2.1", "203.0.113.1 fd00::1")]                                               // a ULA without a source of its kind
    public void Destinations_are_sorted_as_the_RFC_says(string pairs, string expected)
    {
        Dictionary<IpAddress, IpAddress> sources = pairs.Split(' ').Select(pair => pair.Split('='))
            .ToDictionary(pair => IpAddress.Parse(pair[0]), pair => pair[1] == "none" ? IpAddress.None : IpAddress.Parse(pair[1]));
        string.Join(' ', AddressSelection.Sort(sources.Keys, to => sources[to])).ShouldBe(expected);
        if (!expected.StartsWith("203.0.113.9", StringComparison.Ordinal))
            string.Join(' ', AddressSelection.Sort(sources.Keys.Reverse(), to => sources[to])).ShouldBe(expected, "the order in which they came does not matter where a rule decides");
        AddressSelection.Sort([.. sources.Keys, .. sources.Keys], to => sources[to]).Count.ShouldBe(sources.Count);
    }
}
