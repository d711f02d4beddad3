using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>The call that waits for a router's advertisement.</summary>
internal sealed class AskRouterOperation(Host host, Interface on) : Operation<RouterConfiguration>(host)
{
    public ValueTask<RouterConfiguration> RunAsync(CancellationToken cancellation)
    {
        TryClaim();
        return Post(cancellation);
    }

    protected override void OnStart(Instant now) => on.EnableIpv6().Routers.Start(this, now);

    protected override void OnCancelled() => on.Ipv6?.Routers.Stop(this);
}
