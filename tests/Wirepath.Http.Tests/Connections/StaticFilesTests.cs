namespace Wirepath.Http.Tests;

public sealed class StaticFilesTests : IDisposable
{
    private readonly string _above = Directory.CreateTempSubdirectory("wirepath-").FullName;
    private readonly string _root;

    public StaticFilesTests()
    {
        _root = Path.Combine(_above, "public");
        Directory.CreateDirectory(Path.Combine(_root, "sub dir"));
        Directory.CreateDirectory(Path.Combine(_root, "bare"));
        File.WriteAllText(Path.Combine(_above, "secret.txt"), "secret");
        File.WriteAllText(Path.Combine(_root, "index.html"), "<h1>home</h1>");
        File.WriteAllText(Path.Combine(_root, ".hidden"), "secret");
        File.WriteAllText(Path.Combine(_root, "sub dir", "ü.json"), "{}");
        File.WriteAllText(Path.Combine(_root, "empty.txt"), "");
        File.SetLastWriteTimeUtc(Path.Combine(_root, "index.html"), new DateTime(1994, 11, 6, 8, 49, 37, 500, DateTimeKind.Utc));
        File.CreateSymbolicLink(Path.Combine(_root, "out.txt"), Path.Combine(_above, "secret.txt"));
        File.CreateSymbolicLink(Path.Combine(_root, "in.html"), Path.Combine(_root, "index.html"));
        File.CreateSymbolicLink(Path.Combine(_root, "loop"), Path.Combine(_root, "loop"));
    }

    public void Dispose() => Directory.Delete(_above, recursive: true);

    [Theory]
    [InlineData("/", 200, "<h1>home</h1>")]
    [InlineData("/index.html?x#y", 200, "<h1>home</h1>")]
    [InlineData("http://h/index.html", 200, "<h1>home</h1>")]
    [InlineData("/in.html", 200, "<h1>home</h1>")]
    [InlineData("/sub%20dir/%C3%BC.json", 200, "{}")]
    [InlineData("/empty.txt", 200, "")]
    [InlineData("/sub%20dir", 301, "")]
    [InlineData("/bare/", 403, null)]
    [InlineData("/nothing", 404, null)]
    [InlineData("/index.html/", 404, null)]
    [InlineData("/.hidden", 404, null)]
    [InlineData("/../secret.txt", 404, null)]
    [InlineData("/sub%20dir/../../secret.txt", 404, null)]
    [InlineData("/%2e%2e/secret.txt", 404, null)]
    [InlineData("/..%2fsecret.txt", 404, null)]
    [InlineData("/%252e%252e/secret.txt", 404, null)]
    [InlineData("/..%5csecret.txt", 404, null)]
    [InlineData("/index.html%00.txt", 404, null)]
    [InlineData("//etc/passwd", 404, null)]
    [InlineData("/out.txt", 403, null)]
    [InlineData("/loop", 403, null)]
    public async Task A_path_leads_to_a_file_inside_or_nowhere(string target, int status, string? body)
    {
        (ResponseHead head, string text) = await Get(target);
        head.Status.ShouldBe(status);
        text.ShouldNotContain("secret\n");
        if (body is not null)
        {
            text.ShouldBe(body);
        }
    }

    [Fact]
    public async Task A_file_says_its_type_its_age_and_its_length()
    {
        (ResponseHead head, _) = await Get("/index.html");
        head.Headers.Get("Content-Type").ShouldBe("text/html; charset=utf-8");
        head.Headers.Get("Last-Modified").ShouldBe("Sun, 06 Nov 1994 08:49:37 GMT");
        head.Headers.Get("Content-Length").ShouldBe("13");

        (head, string text) = await Get("/index.html", r => r.Headers.Add("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"));
        (head.Status, text, head.Headers.Get("Content-Length")).ShouldBe((304, "", null));
        (head, _) = await Get("/index.html", r => r.Headers.Add("If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"));
        head.Status.ShouldBe(200);
        (head, _) = await Get("/sub%20dir");
        head.Headers.Get("Location").ShouldBe("/sub%20dir/");
    }

    [Fact]
    public async Task Only_GET_and_HEAD_are_allowed()
    {
        (ResponseHead head, _) = await Get("/", method: "DELETE");
        (head.Status, head.Headers.Get("Allow")).ShouldBe((405, "GET, HEAD"));
        (head, string text) = await Get("/", method: "HEAD");
        (head.Status, text, head.Headers.Get("Content-Length")).ShouldBe((200, "", "13"));
    }

    [Fact]
    public async Task A_large_file_arrives_whole()
    {
        byte[] large = new byte[1_000_003];
        for (int i = 0; i < large.Length; i++)
        {
            large[i] = (byte)((i * 31) ^ (i >> 8));
        }

        await File.WriteAllBytesAsync(Path.Combine(_root, "large.bin"), large);
        (ResponseHead head, string text) = await Get("/large.bin");
        head.Headers.Get("Content-Length").ShouldBe("1000003");
        System.Text.Encoding.Latin1.GetBytes(text).AsSpan().SequenceEqual(large).ShouldBeTrue();
    }

    private async Task<(ResponseHead Head, string Body)> Get(string target, Action<RequestHead>? change = null, string method = "GET")
    {
        var wire = new Wire();
        _ = HttpServerConnection.ServeAsync(wire.Server, new StaticFiles(_root), HttpServerOptions.Default, new StillTime(), CancellationToken.None);
        using var client = new HttpClientConnection(wire.Client);
        var request = new RequestHead(method, target, HttpVersion.Http11, new HttpHeaders().Add("Host", "h"));
        change?.Invoke(request);
        HttpResponse response = await client.SendAsync(request);
        using var text = new MemoryStream();
        await response.Body.CopyToAsync(text);
        response.IsReusable.ShouldBeTrue();
        return (response.Head, System.Text.Encoding.Latin1.GetString(text.ToArray()));
    }
}
