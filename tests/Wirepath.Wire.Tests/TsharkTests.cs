using System.ComponentModel;
using System.Diagnostics;

namespace Wirepath.Wire.Tests;

/// <summary>The oracle: Wireshark's dissectors read what we write.</summary>
public class TsharkTests
{
    [Fact]
    public void Tshark_finds_nothing_malformed_and_no_wrong_checksum_in_what_we_write()
    {
        string path = Path.Combine(Path.GetTempPath(), $"wirepath-{Environment.ProcessId}.pcapng");
        File.WriteAllBytes(path, CaptureTests.WriteOneOfEach());
        try
        {
            string[] columns = ["_ws.malformed", "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "icmp.checksum.status", "icmpv6.checksum.status",
                "_ws.col.Protocol", "frame.interface_name", "frame.comment", "frame.time_epoch", "tcp.options.mss_val", "dns.resp.name"];
            string[][] rows = [.. Tshark(path, columns).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))];
            IReadOnlyList<(string What, byte[] Frame)> frames = TestFrames.OneOfEach();
            rows.Length.ShouldBe(frames.Count);
            for (int i = 0; i < rows.Length; i++)
            {
                string what = frames[i].What;
                rows[i][0].ShouldBe("", what);
                for (int status = 1; status <= 5; status++)
                    rows[i][status].Split(',').ShouldNotContain("0", $"{what}: {columns[status]}"); // 0 bad, 1 good, 2 not checked
                rows[i][7].ShouldBe(i % 2 == 0 ? "eth0" : "wan");
                rows[i][8].ShouldContain(what);
            }

            string[] protocols = [.. rows.Select(row => row[6])];
            protocols.ShouldBe(["ARP", "ARP", "DHCP", "DHCP", "DNS", "DNS", .. Enumerable.Repeat("TCP", 7), "UDP", .. Enumerable.Repeat("ICMP", 5), .. Enumerable.Repeat("ICMPv6", 7), "IPv6", "UDP"]);
            rows[3][8].ShouldContain("DROPPED: queue full");
            rows[6][9].ShouldBe("1709210096.123457300");
            rows[6][10].ShouldBe("1460");
            rows[5][11].ShouldStartWith("www.example.com,web.example.com,web.example.com,example.com");
            // Checksums were really looked at.
            (rows[6][1], rows[6][2], rows[4][3], rows[14][4], rows[21][5]).ShouldBe(("1", "1", "1", "1", "1"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Tshark(string path, string[] columns)
    {
        string[] arguments = ["-r", path, "-n", "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-T", "fields",
            .. columns.SelectMany(column => new[] { "-e", column })];
        Process? tshark = null;
        try
        {
            tshark = Process.Start(new ProcessStartInfo("tshark", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true });
        }
        catch (Win32Exception)
        {
            Assert.Skip("tshark is not on PATH: install the package tshark to have Wireshark's dissectors check our captures.");
        }

        using (tshark)
        {
            Task<string> errors = tshark!.StandardError.ReadToEndAsync();
            string output = tshark.StandardOutput.ReadToEnd();
            tshark.WaitForExit();
            tshark.ExitCode.ShouldBe(0, errors.Result);
            return output;
        }
    }
}
