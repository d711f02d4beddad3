using System.Diagnostics;
using Wirepath.RealWire;
using Wirepath.Wire;

namespace Wirepath.Devices.Tests;

public sealed class PasstProcessTests
{
    [Fact]
    public void It_starts_a_passt_of_its_own_talks_to_it_and_leaves_nothing_behind()
    {
        using NetworkNamespace inside = NamespaceWithRoute();
        PasstProcess passt = inside.Inside(() => PasstProcess.Start(new PasstSettings { Options = ["--ipv4-only"] }));
        int process = passt.ProcessId;
        Directory.GetDirectories(Path.GetTempPath(), "wirepath-passt-*").ShouldNotBeEmpty();
        FrameSocketDevice device = passt.Device;

        // Who has the gateway? passt itself answers for it.
        byte[] ask = new byte[60];
        MacAddress.Broadcast.Write(ask);
        device.Address.Write(ask.AsSpan(6));
        ((byte[])[8, 6, 0, 1, 8, 0, 6, 4, 0, 1]).CopyTo(ask, 12);
        device.Address.Write(ask.AsSpan(22));
        ((byte[])[10, 98, 0, 2]).CopyTo(ask, 28);
        ((byte[])[10, 98, 0, 1]).CopyTo(ask, 38);
        device.Transmit(Packet.From(ask)).ShouldBeTrue();
        device.Flush();
        long started = Stopwatch.GetTimestamp();
        Packet? answer;
        while (!device.TryReceive(out answer) && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20))
            Thread.Yield();
        answer.ShouldNotBeNull();
        answer.Head[21].ShouldBe((byte)2, "an ARP reply");
        answer.Head.Slice(28, 4).ToArray().ShouldBe([10, 98, 0, 1]);
        answer.Dispose();

        passt.Dispose();
        Directory.Exists($"/proc/{process}").ShouldBeFalse();
        passt.Dispose();
    }

    [Fact]
    public void When_passt_gives_up_the_error_says_why_in_its_words()
    {
        NetworkNamespace.Require();
        using var inside = new NetworkNamespace();
        string message = Should.Throw<DeviceException>(() => inside.Inside(() => PasstProcess.Start())).Message;
        message.ShouldContain("passt gave up");
        message.ShouldContain("No external routable interface");
    }

    private static NetworkNamespace NamespaceWithRoute()
    {
        NetworkNamespace.Require();
        var inside = new NetworkNamespace();
        inside.AddTap("uplink", "10.98.0.2/24");
        inside.Ip("route", "add", "default", "via", "10.98.0.1");
        return inside;
    }
}
