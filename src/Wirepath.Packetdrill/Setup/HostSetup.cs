using Wirepath.Stack;
using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

/// <summary>What set-up commands have asked for.</summary>
internal sealed class HostSetup
{
    /// <summary>Changes of settings in the order in which they were made, so that sockets that are open can be told too.</summary>
    private readonly List<Func<HostSettings, HostSettings>> _changes = [];

    // Linux hands its devices super-segments of nearly 64 KiB, and suites are written for what that does to PSH.
    private const int SuperSegmentBytes = 65_160;

    /// <summary>To begin with, the host's defaults, but for what scripts take for granted of Linux: they check the windows of its HyStart.</summary>
    public HostSettings Settings { get; private set; } = HostSettings.Default with
    {
        Tcp = TcpSettings.Default with { Cubic = CubicSettings.Default with { HyStart = HyStartMode.Classic }, MaxSuperSegmentBytes = SuperSegmentBytes },
    };

    /// <summary>
    /// The script is in FreeBSD's dialect: written for a stack that has the same TCP options in another order, and whose devices cut no
    /// super-segments.
    /// </summary>
    public bool IsFreeBsd { get; private set; }

    public void BecomeFreeBsd()
    {
        if (IsFreeBsd)
            return;
        IsFreeBsd = true;
        Change(s => s with { Tcp = s.Tcp with { MaxSuperSegmentBytes = 0 } });
    }

    /// <summary>Bytes; null while the script's own holds.</summary>
    public int? Mtu { get; set; }

    /// <summary>The time that commands let pass.</summary>
    public TimeSpan Slept { get; set; }

    /// <summary>What is remembered of peers is to be forgotten: <c>ip tcp_metrics flush</c>.</summary>
    public bool ForgetsPeers { get; set; }

    public IReadOnlyList<Func<HostSettings, HostSettings>> Changes => _changes;

    public void Change(Func<HostSettings, HostSettings> change)
    {
        _changes.Add(change);
        Settings = change(Settings);
    }

    /// <summary>Everything so far has reached the host.</summary>
    public void Settle()
    {
        _changes.Clear();
        (Slept, ForgetsPeers) = (TimeSpan.Zero, false);
    }
}
