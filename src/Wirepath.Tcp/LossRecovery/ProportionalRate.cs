namespace Wirepath.Tcp;

/// <summary>Proportional Rate Reduction (RFC 6937 with 6937bis's choice between its two bounds): cwnd in Recovery and CWR. Counts in segments.</summary>
internal struct ProportionalRate
{
    private int _delivered;

    /// <summary>cwnd when the episode began (RecoverFS).</summary>
    public int PriorCwnd { get; private set; }

    /// <summary>Sent since, repetitions and new.</summary>
    public int Sent { get; set; }

    public void Start(int cwnd) => this = new ProportionalRate { PriorCwnd = cwnd };

    /// <summary>cwnd after an ACK.</summary>
    /// <param name="cwnd">As it is.</param>
    /// <param name="ssthresh">Where it should end.</param>
    /// <param name="inFlight">Now.</param>
    /// <param name="delivered">By this ACK.</param>
    /// <param name="isProgress">SND.UNA moved and nothing more was found lost: slow start's bound may be used.</param>
    public int Reduce(int cwnd, int ssthresh, int inFlight, int delivered, bool isProgress)
    {
        if (delivered <= 0 || PriorCwnd == 0)
            return cwnd;
        _delivered += delivered;
        int send;
        int room = ssthresh - inFlight;
        if (room < 0)
        {
            send = (int)(((long)ssthresh * _delivered + PriorCwnd - 1) / PriorCwnd) - Sent;
        }
        else
        {
            send = Math.Max(_delivered - Sent, delivered);
            if (isProgress)
                send++;
            send = Math.Min(room, send);
        }

        // The fast retransmission itself goes out whatever the arithmetic says.
        return Math.Max(inFlight + Math.Max(send, Sent > 0 ? 0 : 1), 1);
    }
}
