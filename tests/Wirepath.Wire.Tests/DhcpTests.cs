namespace Wirepath.Wire.Tests;

public class DhcpTests
{
    [Fact]
    public void What_is_written_is_what_is_read()
    {
        var message = new DhcpMessage
        {
            Operation = DhcpOperation.BootReply, Hops = 1, TransactionId = 0xDEADBEEF, Seconds = 3, Broadcast = true,
            ClientIp = IpAddress.V4(1), YourIp = IpAddress.V4(2), NextServerIp = IpAddress.V4(3), RelayIp = IpAddress.V4(4), ClientMac = TestFrames.Client,
            MessageType = DhcpMessageType.Ack, SubnetMask = IpAddress.V4(255, 255, 255, 0), Routers = [IpAddress.V4(5), IpAddress.V4(6)],
            DnsServers = [IpAddress.V4(9, 9, 9, 9)], DomainName = "home.example", HostName = "pc", LeaseTime = uint.MaxValue, RenewalTime = 10, RebindingTime = 20,
            ServerId = IpAddress.V4(7), RequestedIp = IpAddress.V4(8), BroadcastAddress = IpAddress.V4(9), Mtu = 1400, MaxMessageSize = 576,
            ClientId = new byte[] { 1, 2, 3 }, ParameterList = [DhcpOptionCode.Router, DhcpOptionCode.DnsServers], Message = "welcome",
        };
        byte[] bytes = message.ToArray();
        bytes.Length.ShouldBe(message.Size);
        bytes.Length.ShouldBeGreaterThanOrEqualTo(DhcpMessage.MinimumSize);
        DhcpMessage.TryRead(bytes, out DhcpMessage read).ShouldBeTrue();
        read.Options.ShouldBe(message.Options);
        foreach (System.Reflection.PropertyInfo property in typeof(DhcpMessage).GetProperties().Where(property => property.CanWrite && property.Name != nameof(DhcpMessage.ClientId)))
            property.GetValue(read).ShouldBe(property.GetValue(message), property.Name);
        read.ClientId!.Value.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Options_of_any_length_are_split_and_joined_again() => Any.Holds(Any.Bytes(0, 700), data =>
    {
        var message = new DhcpMessage { MessageType = DhcpMessageType.Offer };
        message.Set((DhcpOptionCode)43, data);
        DhcpMessage.TryRead(message.ToArray(), out DhcpMessage read).ShouldBeTrue();
        read.Get((DhcpOptionCode)43)!.Value.ToArray().ShouldBe(data);
    }, 50);

    [Fact]
    public void Overloaded_options_are_found_in_file_and_sname_in_this_order()
    {
        byte[] bytes = new byte[300];
        var message = new DhcpMessage { ClientMac = TestFrames.Client };
        message.Set(DhcpOptionCode.Overload, [3]);
        message.Write(bytes);
        new byte[] { 12, 1, (byte)'b', 255 }.CopyTo(bytes, DhcpMessage.FileOffset);
        new byte[] { 12, 1, (byte)'c', 53, 1, 2, 255 }.CopyTo(bytes, DhcpMessage.NameOffset);
        DhcpMessage.TryRead(bytes, out DhcpMessage read).ShouldBeTrue();
        (read.HostName, read.MessageType).ShouldBe(("bc", DhcpMessageType.Offer));
        read.Get(DhcpOptionCode.Overload).ShouldBeNull();

        bytes[DhcpMessage.NameOffset + 1] = 200; // Past the end of sname.
        DhcpMessage.TryRead(bytes, out _).ShouldBeFalse();
    }

    [Fact]
    public void What_is_not_DHCP_over_Ethernet_or_lies_is_refused()
    {
        byte[] good = new DhcpMessage { MessageType = DhcpMessageType.Discover }.ToArray();
        DhcpMessage.TryRead(good.AsSpan(0, 239), out _).ShouldBeFalse();
        foreach ((int at, byte value) in new (int, byte)[] { (0, 3), (1, 6), (2, 16), (236, 0), (241, 100) })
        {
            byte[] changed = [.. good];
            changed[at] = value;
            DhcpMessage.TryRead(changed, out _).ShouldBeFalse($"byte {at}");
        }

        byte[] oddRouter = new byte[400];
        var message = new DhcpMessage();
        message.Set(DhcpOptionCode.Router, [1, 2, 3]);
        message.Set(DhcpOptionCode.LeaseTime, [1]);
        message.Write(oddRouter);
        DhcpMessage.TryRead(oddRouter, out DhcpMessage read).ShouldBeTrue();
        (read.Routers.Count, read.LeaseTime).ShouldBe((0, null));
    }
}
