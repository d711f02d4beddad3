using System.Security.Cryptography;
using Wirepath.Http;
using Wirepath.Stack;
using Wirepath.Url;
using Wirepath.Wire;

namespace Wirepath.RealWire;

/// <summary>HTTP on a host's own sockets, without names.</summary>
internal static class Exchanges
{
    /// <summary>GETs <paramref name="url"/> from <paramref name="server"/>; answers the status and the body's length and SHA-256.</summary>
    public static async Task<(int Status, long Length, string Digest)> GetAsync(this Host host, IpEndpoint server, string url)
    {
        UrlRecord.TryParse(url, null, out UrlRecord? record, out _).ShouldBeTrue();
        await using TcpStream stream = await host.ConnectAsync(server);
        using var connection = new HttpClientConnection(stream);
        HttpResponse response = await connection.SendAsync(RequestHead.For("GET", record!));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 18];
        long length = 0;
        for (int read; (read = await response.Body.ReadAsync(buffer)) > 0; length += read)
            hash.AppendData(buffer, 0, read);
        return (response.Head.Status, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Serves the files of <paramref name="directory"/> on port 80 until the token is cancelled.</summary>
    public static async Task ServeAsync(this Host host, string directory, CancellationToken stop, IpAddress? on = null)
    {
        using TcpAcceptor acceptor = host.Listen(new IpEndpoint(on ?? IpAddress.AnyV4, 80), backlog: 256);
        var files = new StaticFiles(directory);
        var open = new List<Task>();
        try
        {
            while (true)
            {
                TcpStream stream = await acceptor.AcceptAsync(stop);
                open.RemoveAll(task => task.IsCompleted);
                open.Add(HttpServerConnection.ServeAsync(stream, files, HttpServerOptions.Default, TimeProvider.System, stop));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }

        await Task.WhenAll(open).ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
