using Wirepath.Http;
using Wirepath.Stack;

namespace Samples.ServeOnTap;

/// <summary>Says to each client what its connection looks like from this end.</summary>
internal sealed class Greeting(TcpStream stream) : IHttpHandler
{
    public ValueTask HandleAsync(HttpExchange exchange, CancellationToken cancellation) =>
        exchange.RespondWithTextAsync(200, $"Hello {stream.Id.Remote}. Smoothed RTT {stream.Statistics.SmoothedRtt.TotalMilliseconds:0.000} ms, cwnd {stream.Statistics.Cwnd:N0} bytes.\n", cancellation);
}
