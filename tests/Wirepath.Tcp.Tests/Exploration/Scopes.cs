using static Wirepath.Tcp.Tests.Exploration.Call;

namespace Wirepath.Tcp.Tests.Exploration;

/// <summary>What is explored in every run of the tests. Names are those that a replay takes.</summary>
internal static class Scopes
{
    private static readonly Step[] s_waitAndClose = [new(AwaitEnd), new(Close)];

    private static Step[] Send(params int[] sizes) => [.. sizes.Select(bytes => new Step(Write, bytes)), new(Shutdown), new(AwaitEnd), new(Close)];

    // In bytes of memory: half of them are offered.
    private static TcpSettings Window(TcpSettings settings, int bytes) => settings with { ReceiveBuffer = new BufferSizes(bytes, bytes, bytes) };

    public static IReadOnlyList<Scope> All { get; } =
    [
        new("handshake") { ClientCalls = Send(), ServerCalls = s_waitAndClose, Losses = 1, Duplicates = 1 },
        new("simultaneous-open") { Simultaneous = true, ClientCalls = Send(), ServerCalls = s_waitAndClose, Losses = 1 },
        new("simultaneous-open-bare") { Simultaneous = true, Client = Scope.Bare, Server = Scope.Bare, ClientCalls = Send(5), ServerCalls = Send(), Losses = 1 },
        new("transfer") { ClientCalls = Send(250), ServerCalls = s_waitAndClose, Losses = 1, EarlyTimers = 1 },
        new("transfer-sack-only") { Client = Scope.Small with { Timestamps = false }, ClientCalls = Send(250), ServerCalls = s_waitAndClose, Losses = 1, Reorders = 1 },
        new("transfer-timestamps-only") { Client = Scope.Small with { Sack = false }, ClientCalls = Send(250), ServerCalls = s_waitAndClose, Losses = 1, Reorders = 1 },
        new("transfer-bare") { Client = Scope.Bare, ClientCalls = Send(250), ServerCalls = s_waitAndClose, Losses = 1, EarlyTimers = 1 },
        new("crumbs") { Client = Scope.Small with { InitialCwnd = 2 }, ClientCalls = Send(3, 4, 5), ServerCalls = s_waitAndClose, Losses = 2 },
        new("both-ways") { ClientCalls = Send(120), ServerCalls = Send(130) },
        new("zero-window") { Server = Window(Scope.Small, 120), ClientCalls = Send(300), ServerCalls = s_waitAndClose, Losses = 1 },
        new("zero-window-bare") { Client = Scope.Bare, Server = Window(Scope.Bare, 120), ClientCalls = Send(300), ServerCalls = s_waitAndClose, Duplicates = 1 },
        new("one-byte-window") { Client = Scope.Bare, Server = Window(Scope.Bare, 2), ClientCalls = Send(4), ServerCalls = s_waitAndClose, Losses = 1 },
        new("simultaneous-close") { ClientCalls = Send(), ServerCalls = Send(), Losses = 1 },
        new("half-close") { ClientCalls = Send(10), ServerCalls = [new(AwaitEnd), new(Write, 150), new(Close)], Losses = 1 },
        // Nothing is lost: an end in FIN-WAIT-2 that never hears of the RST waits for ever, unless its application asked for keepalive.
        new("abort") { ClientCalls = [new(Write, 150), new(Abort)], ServerCalls = [new(Write, 20), new(Shutdown), new(AwaitEnd), new(Close)], Reorders = 1 },
        new("close-unread") { ClientCalls = [new(Write, 150), new(Close)], ServerCalls = [new(Write, 20), new(Close)], Losses = 1 },
        new("forged") { ClientCalls = Send(120), ServerCalls = s_waitAndClose, Forgeries = 1 },
        new("urgent") { Urgent = true, ClientCalls = Send(120), ServerCalls = s_waitAndClose, Losses = 1 },
        new("path-mtu") { Mss = 150, PathMss = 70, ClientCalls = Send(300), ServerCalls = s_waitAndClose, Losses = 1 },
        new("path-mtu-bare") { Mss = 150, PathMss = 70, Client = Scope.Bare, ClientCalls = Send(300), ServerCalls = s_waitAndClose, Reorders = 1 },
        new("super-segments") { Client = Scope.Small with { MaxSuperSegmentBytes = 1000 }, ClientCalls = Send(420), ServerCalls = s_waitAndClose, Losses = 1 },
        new("bbr") { Client = Scope.Small with { CongestionControl = CongestionControls.Bbr, InitialCwnd = 2 }, ClientCalls = Send(450), ServerCalls = s_waitAndClose, Losses = 1 },
        new("reno-one-segment") { Client = Scope.Bare with { CongestionControl = CongestionControls.Reno, InitialCwnd = 1 }, ClientCalls = Send(350), ServerCalls = s_waitAndClose, Losses = 1 },
    ];
}
