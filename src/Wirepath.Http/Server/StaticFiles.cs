using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Wirepath.Url;

namespace Wirepath.Http;

/// <summary>
/// Serves the files of one directory, and nothing outside of it: names that begin with a dot are not served, and a
/// symbolic link is followed only when it ends inside.
/// </summary>
public sealed class StaticFiles : IHttpHandler
{
    private const string Index = "index.html";

    // Small files are kept as they were last read: together 8 MiB at the most.
    private const int MostKept = 256;
    private const int MostKeptBytes = 32 * 1024;

    private readonly string _root;
    private readonly ConcurrentDictionary<string, KeptFile> _kept = new(StringComparer.Ordinal);

    private sealed record KeptFile(string Path, DateTime Written, string LastModified, string ContentType, byte[] Bytes);

    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public StaticFiles(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        _root = Path.GetFullPath(directory).TrimEnd(Path.DirectorySeparatorChar);
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"There is no directory {directory} to serve.");
        }

        // The root itself may be a link; what counts is where it leads.
        _root = Directory.ResolveLinkTarget(_root, returnFinalTarget: true)?.FullName.TrimEnd(Path.DirectorySeparatorChar) ?? _root;
    }

    public async ValueTask HandleAsync(HttpExchange exchange, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        if (exchange.Request.Method is not ("GET" or "HEAD"))
        {
            var notAllowed = new ResponseHead(405);
            notAllowed.Headers.Add("Allow", "GET, HEAD");
            await exchange.RespondAsync(notAllowed, ReadOnlyMemory<byte>.Empty, cancellation).ConfigureAwait(false);
            return;
        }

        string target = PathOf(exchange.Request);
        if (_kept.TryGetValue(target, out KeptFile? kept))
        {
            // What it was read from is looked at each time: a file that was changed, moved or linked elsewhere is resolved anew.
            if (IsUnchanged(kept) && !exchange.Request.Headers.Contains("If-Modified-Since"))
            {
                var head = new ResponseHead(200);
                head.Headers.Add("Last-Modified", kept.LastModified).Add("Content-Type", kept.ContentType);
                await exchange.RespondAsync(head, kept.Bytes, cancellation).ConfigureAwait(false);
                return;
            }

            _kept.TryRemove(target, out _);
        }

        (int status, string? path) = Resolve(target);
        if (status == 301)
        {
            var moved = new ResponseHead(301);

            // Not "//": a client would take what follows for a host.
            moved.Headers.Add("Location", "/" + target.TrimStart('/') + "/");
            await exchange.RespondAsync(moved, ReadOnlyMemory<byte>.Empty, cancellation).ConfigureAwait(false);
            return;
        }

        if (path is null)
        {
            await exchange.RespondWithTextAsync(status, status == 403 ? "This is not served here." : "There is no such file here.", cancellation).ConfigureAwait(false);
            return;
        }

        await SendAsync(exchange, target, path, cancellation).ConfigureAwait(false);
    }

    private static bool IsUnchanged(KeptFile kept)
    {
        var file = new FileInfo(kept.Path);
        return file.Exists && (file.Attributes & FileAttributes.ReparsePoint) == 0 && file.LastWriteTimeUtc == kept.Written && file.Length == kept.Bytes.Length;
    }

    private void Keep(string target, string path, SafeFileHandle file, long length, ResponseHead head)
    {
        if (length > MostKeptBytes || _kept.Count >= MostKept)
        {
            return;
        }

        byte[] bytes = new byte[length];
        if (RandomAccess.Read(file, bytes, 0) == length)
        {
            _kept[target] = new KeptFile(path, File.GetLastWriteTimeUtc(file), head.Headers.Get("Last-Modified")!, head.Headers.Get("Content-Type")!, bytes);
        }
    }

    /// <summary>The target's path as it was sent, without the query.</summary>
    private static string PathOf(RequestHead request)
    {
        string target = request.TargetForm == RequestTargetForm.Absolute ? request.TargetUrl("http")?.Pathname ?? "/" : request.Target;
        int query = target.IndexOfAny(['?', '#']);
        return query < 0 ? target : target[..query];
    }

    /// <summary>From a request's path to a file's: 200 with the path, 301 for a directory without its slash, else 403 or 404.</summary>
    private (int Status, string? Path) Resolve(string target)
    {
        string path = _root;
        foreach (string segment in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            // Decoded once and for all, so that no second reading can find another meaning (%2e%2e, %2f, %00).
            string name = PercentEncoding.DecodeToText(segment);
            if (name.StartsWith('.') || name.AsSpan().ContainsAny("/\\\0:"))
            {
                return (404, null);
            }

            path = Path.Join(path, name);
            if (!StaysInside(path))
            {
                return (403, null);
            }
        }

        if (Directory.Exists(path))
        {
            if (!target.EndsWith('/'))
            {
                return (301, null);
            }

            path = Path.Join(path, Index);
            return !File.Exists(path) ? (403, null) : StaysInside(path) ? (200, path) : (403, null);
        }

        return File.Exists(path) && !target.EndsWith('/') ? (200, path) : (404, null);
    }

    private bool StaysInside(string path)
    {
        var entry = new FileInfo(path);
        try
        {
            return entry.LinkTarget is null || entry.ResolveLinkTarget(returnFinalTarget: true) is { } end && end.FullName.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // A link in a circle, or one that leads nowhere.
            return false;
        }
    }

    private async ValueTask SendAsync(HttpExchange exchange, string target, string path, CancellationToken cancellation)
    {
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            int status = exception is UnauthorizedAccessException ? 403 : 404;
            await exchange.RespondWithTextAsync(status, "This file cannot be read.", cancellation).ConfigureAwait(false);
            return;
        }

        using (file)
        {
            var modified = new DateTimeOffset(File.GetLastWriteTimeUtc(file));
            modified = modified.AddTicks(-(modified.Ticks % TimeSpan.TicksPerSecond));
            bool known = HttpDate.TryParse(exchange.Request.Headers.Get("If-Modified-Since"), out DateTimeOffset since) && modified <= since;
            var head = new ResponseHead(known ? 304 : 200);
            head.Headers.Add("Last-Modified", HttpDate.Format(modified));
            if (known)
            {
                await exchange.RespondAsync(head, ReadOnlyMemory<byte>.Empty, cancellation).ConfigureAwait(false);
                return;
            }

            head.Headers.Add("Content-Type", ContentTypes.Of(path));
            long length = RandomAccess.GetLength(file);
            Keep(target, path, file, length, head);
            await exchange.RespondAsync(head, file, length, cancellation).ConfigureAwait(false);
        }
    }
}
