using System.Text;
using Wirepath.Events;
using Wirepath.Http;

namespace Wirepath.Simulation.Tests;

/// <summary>What a browser does, on the embedded internet.</summary>
public sealed class FetcherTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_navigation_is_written_down_from_Enter_to_the_last_byte()
    {
        (FetchResult result, byte[] body) = Get(new FetchSettings(), "www.example.com");

        result.ShouldBe(new FetchResult(ExitCodes.Success, 200, body.Length, result.Summary));
        Encoding.UTF8.GetString(body).ShouldContain("</html>");
        Type[] steps = [typeof(NavigationStarted), typeof(AddressFixedUp), typeof(UrlParsed), typeof(LookupStarted), typeof(LookupFinished), typeof(ConnectStarted),
            typeof(ConnectFinished), typeof(RequestSent), typeof(ResponseHeadReceived), typeof(ResponseCompleted), typeof(NavigationFinished)];
        _world.Recorder.Events.Where(e => e.Node == "pc" && steps.Contains(e.What.GetType())).Select(e => e.What.GetType()).ShouldBe(steps);
    }

    [Fact]
    public void Each_step_of_a_navigation_leads_back_to_the_key_that_was_pressed()
    {
        Get(new FetchSettings(), "www.example.com");

        Event end = _world.Recorder.Events.Single(e => e.What is ResponseCompleted);
        var chain = new List<string>();
        for (Event? e = end; e is not null; e = _world.Recorder.Find(e.Cause))
            chain.Add(e.What.GetType().Name);
        chain[^1].ShouldBe(nameof(NavigationStarted));
        chain.ShouldContain(nameof(RequestSent));
        chain.ShouldContain(nameof(ConnectFinished));
    }

    [Fact]
    public void A_connection_kept_alive_carries_the_next_request()
    {
        (FetchResult first, FetchResult second) = GetTwice(pause: TimeSpan.FromSeconds(1));

        first.Status.ShouldBe(200);
        second.Status.ShouldBe(200);
        _world.All<ConnectFinished>().Select(c => c.Reused).ShouldBe([false, true]);
        _world.All<ConnectFinished>().Select(c => c.Connection).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void A_kept_connection_that_the_server_has_closed_is_replaced_and_the_GET_asked_once_more()
    {
        // Longer than the server keeps an idle connection.
        (FetchResult _, FetchResult second) = GetTwice(pause: HttpServerOptions.Default.KeepAliveTimeout + TimeSpan.FromSeconds(5));

        second.ShouldBe(new FetchResult(ExitCodes.Success, 200, second.Bytes, second.Summary));
        _world.All<ConnectFinished>().Select(c => c.Reused).ShouldBe([false, true, false]);
        _world.All<Remark>().ShouldContain(r => r.Text.Contains("asked again", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://www.example.com/hops/3", true, 200, 3)]
    [InlineData("http://www.example.com/redirect", false, 302, 0)]
    public void Redirects_are_followed_unless_they_are_not_wanted(string url, bool follow, int status, int redirects)
    {
        (FetchResult result, _) = Get(new FetchSettings { FollowRedirects = follow }, url);

        result.Status.ShouldBe(status);
        _world.All<Redirected>().Count().ShouldBe(redirects);
    }

    [Theory]
    [InlineData("http://exa mple.com/", ExitCodes.Url)]
    [InlineData("ftp://www.example.com/", ExitCodes.Url)]
    [InlineData("nosuch.example.com", ExitCodes.Dns)]
    [InlineData("gone.example.com", ExitCodes.Link)]
    [InlineData("closed.example.com", ExitCodes.Tcp)]
    [InlineData("https://expired.example.com/", ExitCodes.Tls)]
    [InlineData("http://www.example.com/loop", ExitCodes.Http)]
    public void Each_layer_fails_with_its_own_code_and_a_sentence(string typed, int code)
    {
        (FetchResult result, byte[] body) = Get(new FetchSettings { TrustedRoots = () => EmbeddedInternet.TrustedRoots }, typed);

        result.ExitCode.ShouldBe(code);
        result.Summary.ShouldEndWith(".");
        result.Summary.Length.ShouldBeGreaterThan(20);
        body.ShouldBeEmpty();
    }

    [Fact]
    public void A_limit_ends_the_wait_for_a_firewall()
    {
        (FetchResult result, _) = Get(new FetchSettings { Limit = TimeSpan.FromSeconds(5) }, "firewalled.example.com");

        result.ExitCode.ShouldBe(ExitCodes.Tcp);
        result.Summary.ShouldContain("5 s");
    }

    private (FetchResult Result, byte[] Body) Get(FetchSettings settings, string typed) => _world.Simulator.Run(async () =>
    {
        await using var fetcher = new Fetcher(_world.Pc, _world.Internet.Names, settings);
        using var body = new MemoryStream();
        FetchResult result = await fetcher.GetAsync(typed, body).ConfigureAwait(false);
        return (result, body.ToArray());
    });

    private (FetchResult First, FetchResult Second) GetTwice(TimeSpan pause) => _world.Simulator.Run(async () =>
    {
        await using var fetcher = new Fetcher(_world.Pc, _world.Internet.Names, new FetchSettings { KeepAlive = true });
        FetchResult first = await fetcher.GetAsync("http://www.example.com/", Stream.Null).ConfigureAwait(false);
        await Task.Delay(pause, _world.Pc.Time).ConfigureAwait(false);
        FetchResult second = await fetcher.GetAsync("http://www.example.com/long", Stream.Null).ConfigureAwait(false);
        return (first, second);
    });
}
