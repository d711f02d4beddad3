using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

/// <summary>
/// One real connection against segments written by hand, in packetdrill's notation and in virtual time:
/// <code>
/// write 2000
/// > . 1:1001(1000) ack 1          the connection must send exactly this, now
/// +0.1 &lt; . 1:1(0) ack 1001       0.1 s later this arrives
/// +0.04 > . 2001:2001(0) ack 1    must be sent 0.04 s later, and nothing before
/// </code>
/// Numbers are relative to the ISNs, which lie just below 2³²: every script also tests the wrap-around.
/// The window counts only when written (<c>win</c>, as on the wire), options only when written (<c>&lt;…&gt;</c>).
/// </summary>
internal sealed partial class Peer : IDisposable
{
    public const int Mss = 1000;
    public static readonly TcpSettings Plain = new() { Timestamps = false, Sack = false, WindowScaling = false, QuickAcks = 0, CongestionControl = CongestionControls.Reno };

    private static readonly SequenceNumber s_ourIss = new(uint.MaxValue - 1500);
    private static readonly SequenceNumber s_peerIss = new(uint.MaxValue - 300);
    private static readonly IpEndpoint s_us = new(IpAddress.V4(192, 0, 2, 1), 8080);
    private static readonly IpEndpoint s_them = new(IpAddress.V4(198, 51, 100, 7), 50000);

    private readonly Queue<(Instant At, string Text, TcpHeader Header, TcpOptions Options, EventId Cause)> _sent = new();
    private TcpConnection? _connection;
    private bool _isReleased;
    private Instant _mark; // the time of the last line

    private Peer(TcpSettings settings, NodeLog? log)
    {
        (Settings, Log, Now, _mark) = (settings, log ?? NodeLog.Silent, Pair.Start, Pair.Start);
        Listener = new TcpListener(s_us, 1, settings, Log);
    }

    public TcpSettings Settings { get; }
    public NodeLog Log { get; }
    public Instant Now { get; private set; }
    public TcpListener Listener { get; }
    public TcpSignals Signals { get; private set; }
    public bool IsReleased => _isReleased;
    public TcpConnection Connection => _connection.ShouldNotBeNull();
    public TcpHeader LastHeader { get; private set; }
    public TcpOptions LastOptions { get; private set; }
    public EventId LastCause { get; private set; }

    /// <summary>Active opener; the SYN is still to be expected.</summary>
    public static Peer Connecting(TcpSettings? settings = null, NodeLog? log = null)
    {
        var peer = new Peer(settings ?? Plain, log);
        peer._connection = TcpConnection.Connect(new ConnectionId(s_us, s_them), peer.Settings, s_ourIss, Mss, peer.Log, peer.Now);
        return peer;
    }

    /// <summary>Passive opener: the first SYN goes to the listener.</summary>
    public static Peer Listening(TcpSettings? settings = null, NodeLog? log = null) => new(settings ?? Plain, log);

    /// <summary>An active opener after its handshake, the peer's window and MSS given.</summary>
    public static Peer Established(TcpSettings? settings = null, int window = 60000, NodeLog? log = null) =>
        Connecting(settings, log).Play($"""
            > S 0:0(0)
            +0.1 < S. 0:0(0) ack 1 win {window} <mss {Mss}>
            > . 1:1(0) ack 1
            """);

    public Peer Play(string script)
    {
        int number = 0;
        foreach (string raw in script.Split('\n'))
        {
            number++;
            string line = raw.Split("//")[0].Trim();
            if (line.Length == 0)
                continue;
            try
            {
                PlayLine(line);
            }
            catch (Exception error)
            {
                throw new ShouldAssertException($"line {number}: {line}\n{error.Message}\n{_connection?.Statistics}", error);
            }
        }

        Flush();
        _sent.Select(s => s.Text).ShouldBeEmpty("segments that the script did not expect");
        return this;
    }

    private bool _isHeld;

    private void PlayLine(string line)
    {
        double after = 0;
        if (line[0] == '+')
        {
            string[] parts = line.Split(' ', 2);
            after = double.Parse(parts[0], CultureInfo.InvariantCulture);
            line = parts[1].TrimStart();
        }

        Instant at = _mark + TimeSpan.FromSeconds(after);
        if (line[0] == '>')
        {
            Expect(line[1..].Trim(), at);
            return;
        }

        RunTo(at);
        _sent.Select(s => s.Text).ShouldBeEmpty("sent, but not expected before this line");
        _mark = Now = at;
        _isHeld = line.StartsWith("<&", StringComparison.Ordinal); // taken from the device together with the next
        if (line[0] == '<')
            Inject(line[(_isHeld ? 2 : 1)..].Trim());
        else
            Call(line.Split(' '));
        Flush();
    }

    private void Call(string[] words)
    {
        switch (words[0])
        {
            case "write":
                byte[] bytes = new byte[int.Parse(words[1], CultureInfo.InvariantCulture)];
                for (int i = 0; i < bytes.Length; i++)
                    bytes[i] = (byte)i;
                Connection.Write(bytes, Now).ShouldBe(bytes.Length);
                break;
            case "read":
                int count = int.Parse(words[1], CultureInfo.InvariantCulture);
                Connection.Read(new byte[count], Now).ShouldBe(count);
                break;
            case "shutdown":
                Connection.Shutdown(Now);
                break;
            case "close":
                Connection.Close(Now);
                break;
            case "abort":
                Connection.Abort(Now);
                break;
            case "state":
                Connection.State.ToString().ShouldBe(words[1]);
                break;
            case "end":
                Connection.End.ToString().ShouldBe(words[1]);
                break;
            case "nothing": // until now nothing was sent
                break;
            case "released":
                _isReleased.ShouldBeTrue();
                break;
            default:
                throw new FormatException($"unknown call '{words[0]}'");
        }
    }

    private void Expect(string expected, Instant at)
    {
        Flush();
        if (_sent.Count == 0)
            RunTo(at + TimeSpan.FromMilliseconds(1), stopWhenSent: true);
        _sent.Count.ShouldBeGreaterThan(0, "nothing was sent");
        var (sentAt, text, header, options, cause) = _sent.Dequeue();
        (LastHeader, LastOptions, LastCause) = (header, options, cause);
        if (!expected.Contains(" win ", StringComparison.Ordinal))
            text = WindowText().Replace(text, "");
        if (!expected.Contains('<'))
            text = text.Split(" <")[0];
        text.ShouldBe(expected);
        (sentAt - at).Duration().ShouldBeLessThanOrEqualTo(TimeSpan.FromMilliseconds(1), $"sent {(sentAt - at).TotalSeconds} s off");
        _mark = sentAt;
    }

    /// <summary>Runs the clock, and the timers that are due, up to <paramref name="at"/>.</summary>
    private void RunTo(Instant at, bool stopWhenSent = false)
    {
        Flush();
        while (_connection is { } connection && connection.NextTimer <= at && !(stopWhenSent && _sent.Count > 0))
        {
            Now = Instant.Max(Now, connection.NextTimer);
            Log.Because = EventId.None;
            connection.OnTimer(Now);
            Flush();
        }

        if (!(stopWhenSent && _sent.Count > 0))
            Now = at;
    }

    private void Flush()
    {
        if (_connection is null || _isHeld)
            return;
        while (true)
        {
            Packet packet = Packet.Rent(1600);
            bool sent = _connection.TryTransmit(packet, Now);
            if (sent)
            {
                TcpSegment.TryRead(packet, ce: false, out TcpSegment segment).ShouldBeTrue();
                _sent.Enqueue((Now, Describe(segment), segment.Header, segment.Options, packet.Cause));
            }

            packet.Dispose();
            if (!sent)
                break;
        }

        Signals |= _connection.TakeSignals();
        _isReleased |= Signals.HasFlag(TcpSignals.Released);
    }

    private static string Describe(in TcpSegment segment)
    {
        TcpHeader header = segment.Header;
        var text = new StringBuilder();
        foreach ((TcpFlags flag, char letter) in (ReadOnlySpan<(TcpFlags, char)>)[(TcpFlags.Syn, 'S'), (TcpFlags.Fin, 'F'), (TcpFlags.Rst, 'R'), (TcpFlags.Psh, 'P'), (TcpFlags.Ack, '.')])
        {
            if ((header.Flags & flag) != 0)
                text.Append(letter);
        }

        uint from = unchecked(header.Sequence.Value - s_ourIss.Value);
        text.Append(CultureInfo.InvariantCulture, $" {(int)from}:{(int)from + segment.PayloadLength}({segment.PayloadLength})");
        if (header.IsAck)
            text.Append(CultureInfo.InvariantCulture, $" ack {unchecked((int)(header.Acknowledgment.Value - s_peerIss.Value))}");
        text.Append(CultureInfo.InvariantCulture, $" win {header.Window}");
        List<string> options = [];
        TcpOptions seen = segment.Options;
        if (seen.HasMss)
            options.Add($"mss {seen.Mss}");
        if (seen.SackPermitted)
            options.Add("sackOK");
        if (seen.HasWindowScale)
            options.Add($"wscale {seen.WindowScale}");
        if (seen.SackCount > 0)
        {
            IEnumerable<string> blocks = Enumerable.Range(0, seen.SackCount).Select(i => seen.GetSack(i))
                .Select(b => $"{unchecked((int)(b.Left.Value - s_peerIss.Value))}:{unchecked((int)(b.Right.Value - s_peerIss.Value))}");
            options.Add("sack " + string.Join(' ', blocks));
        }

        if (options.Count > 0)
            text.Append(" <").AppendJoin(',', options).Append('>');
        return text.ToString();
    }

    private void Inject(string text)
    {
        Match match = SegmentText().Match(text);
        match.Success.ShouldBeTrue("cannot be read as a segment");
        int Number(string group) => match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
        var flags = TcpFlags.None;
        foreach (char letter in match.Groups["flags"].Value)
        {
            flags |= letter switch
            {
                'S' => TcpFlags.Syn,
                'F' => TcpFlags.Fin,
                'R' => TcpFlags.Rst,
                'P' => TcpFlags.Psh,
                'U' => TcpFlags.Urg,
                '.' => TcpFlags.Ack,
                _ => throw new FormatException($"flag {letter}"),
            };
        }

        TcpOptions options = ReadOptions(match.Groups["options"].Value);
        ushort window = match.Groups["win"].Success ? (ushort)Number("win") : (ushort)60000;
        var header = new TcpHeader(s_them.Port, s_us.Port, s_peerIss + Number("from"), match.Groups["ack"].Success ? s_ourIss + Number("ack") : default,
            TcpHeader.Size + options.Size, flags, window, 0, 0);
        int length = Number("length");
        (Number("to") - Number("from")).ShouldBe(length, "from, to and length disagree");
        using Packet packet = Packet.Rent(2000);
        Span<byte> head = packet.Append(header.HeaderLength);
        header.Write(head);
        options.Write(head[TcpHeader.Size..]);
        Span<byte> payload = packet.Append(length);
        for (int i = 0; i < length; i++)
            payload[i] = (byte)(Number("from") + i);
        TcpSegment.TryRead(packet, ce: false, out TcpSegment segment).ShouldBeTrue();
        Log.Because = EventId.None;
        if (_connection is not null)
            _connection.Receive(segment, Now);
        else
            _connection = Listener.OnSyn(segment, new ConnectionId(s_us, s_them), s_ourIss, Mss, Now);
    }

    private static TcpOptions ReadOptions(string text)
    {
        var options = default(TcpOptions);
        foreach (string option in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] words = option.Split(' ');
            switch (words[0])
            {
                case "mss":
                    (options.HasMss, options.Mss) = (true, ushort.Parse(words[1], CultureInfo.InvariantCulture));
                    break;
                case "sackOK":
                    options.SackPermitted = true;
                    break;
                case "wscale":
                    (options.HasWindowScale, options.WindowScale) = (true, byte.Parse(words[1], CultureInfo.InvariantCulture));
                    break;
                case "TS": // TS val 1 ecr 2
                    (options.HasTimestamps, options.TimestampValue, options.TimestampEcho) =
                        (true, uint.Parse(words[2], CultureInfo.InvariantCulture), uint.Parse(words[4], CultureInfo.InvariantCulture));
                    break;
                case "sack": // sack 1001:2001
                    foreach (string[] edges in words[1..].Select(word => word.Split(':')))
                        options.AddSack(new SackBlock(s_ourIss + int.Parse(edges[0], CultureInfo.InvariantCulture), s_ourIss + int.Parse(edges[1], CultureInfo.InvariantCulture)));
                    break;
                default:
                    throw new FormatException($"option {words[0]}");
            }
        }

        return options;
    }

    public TcpSegment Segment(Packet packet, TcpFlags flags, int from, int ack, in TcpOptions options)
    {
        var header = new TcpHeader(s_them.Port, s_us.Port, s_peerIss + from, s_ourIss + ack, TcpHeader.Size + options.Size, flags, 1000, 0, 0);
        return new TcpSegment(header, options, packet, 0, 0, false);
    }

    public void Dispose()
    {
        _connection?.Abort(Now);
        Listener.Close(Now);
    }

    [GeneratedRegex(@" win \d+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WindowText();

    [GeneratedRegex(@"^(?<flags>[SFRPU.]+) (?<from>-?\d+):(?<to>-?\d+)\((?<length>\d+)\)( ack (?<ack>-?\d+))?( win (?<win>\d+))?( <(?<options>[^>]*)>)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SegmentText();
}
