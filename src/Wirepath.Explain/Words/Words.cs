using Wirepath.Events;

namespace Wirepath.Explain;

public enum Language
{
    English,
    Chinese,
}

/// <summary>
/// Everything that is said to a person, one class for each language: what one language says and the other does not,
/// does not compile. What the field itself writes in one way (SYN-SENT, cwnd, NXDOMAIN, ms) stays so.
/// </summary>
public abstract partial class Words
{
    public static Words English { get; } = new EnglishWords();

    public static Words Chinese { get; } = new ChineseWords();

    public static Words For(Language language) => language == Language.Chinese ? Chinese : English;

    public abstract string Phase(PhaseKind phase);

    public abstract string Level(NameLevel level);

    public abstract string Result(LookupResult result);

    public abstract string Drop(DropReason reason);

    public abstract string Retransmit(RetransmitCause cause);

    public abstract string Send(SendCause cause);

    public abstract string Congestion(CongestionPhase phase);

    public abstract string End(ConnectionEnd end);

    public abstract string Name(NameFailure failure);

    public abstract string Response(ResponseKind kind);

    public abstract string Queue(ListenQueue queue);

    /// <summary>One sentence for an event.</summary>
    public abstract string Describe(Happening what);

    /// <summary>RFC 9293's own spelling.</summary>
    public static string State(TcpState state) => state switch
    {
        TcpState.Closed => "CLOSED",
        TcpState.Listen => "LISTEN",
        TcpState.SynSent => "SYN-SENT",
        TcpState.SynReceived => "SYN-RECEIVED",
        TcpState.Established => "ESTABLISHED",
        TcpState.FinWait1 => "FIN-WAIT-1",
        TcpState.FinWait2 => "FIN-WAIT-2",
        TcpState.CloseWait => "CLOSE-WAIT",
        TcpState.Closing => "CLOSING",
        TcpState.LastAck => "LAST-ACK",
        TcpState.TimeWait => "TIME-WAIT",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    /// <summary>SYN,ACK seq=0 ack=1 win=65535: relative numbers, and ack only where the ACK flag says that it counts.</summary>
    public static string Segment(SegmentFacts s) =>
        $"{Flags(s.Flags)} seq={s.RelativeSequence}{((s.Flags & Wire.TcpFlags.Ack) != 0 ? $" ack={s.RelativeAcknowledgment}" : "")}{(s.Length > 0 ? $" len={s.Length}" : "")} win={s.Window}";

    /// <summary>SYN,ACK in the order people say them.</summary>
    public static string Flags(Wire.TcpFlags flags)
    {
        var text = new System.Text.StringBuilder(16);
        Add(Wire.TcpFlags.Syn, "SYN");
        Add(Wire.TcpFlags.Fin, "FIN");
        Add(Wire.TcpFlags.Rst, "RST");
        Add(Wire.TcpFlags.Psh, "PSH");
        Add(Wire.TcpFlags.Urg, "URG");
        Add(Wire.TcpFlags.Ack, "ACK");
        Add(Wire.TcpFlags.Ece, "ECE");
        Add(Wire.TcpFlags.Cwr, "CWR");
        Add(Wire.TcpFlags.Ae, "AE");
        return text.Length == 0 ? "none" : text.ToString();

        void Add(Wire.TcpFlags flag, string name)
        {
            if ((flags & flag) == 0)
                return;
            if (text.Length > 0)
                text.Append(',');
            text.Append(name);
        }
    }
}

/// <summary>One sentence for each kind of event.</summary>
public static class EventWords
{
    public static string Describe(Happening what, Language language)
    {
        ArgumentNullException.ThrowIfNull(what);
        return Words.For(language).Describe(what);
    }
}
