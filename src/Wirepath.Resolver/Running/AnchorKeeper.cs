using System.Text;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>A file of <c>auto-trust-anchor-file</c>, as it was read.</summary>
/// <param name="Path">Where it is saved.</param>
/// <param name="Text">Empty for a file that is not there yet.</param>
public sealed record AnchorFile(string Path, string Text);

/// <summary>
/// Keeps the files of trust anchors in step with what the resolver finds out (RFC 5011): fetches keys when they are due,
/// saves what changed. What cannot be saved is tried again, and the running resolver goes on with what it knows.
/// </summary>
internal sealed class AnchorKeeper : IAsyncDisposable
{
    /// <summary>How often it is looked whether keys are due. RFC 5011 §2.3 counts in hours.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(10);

    private readonly RecursiveResolver _resolver;
    private readonly NodeLog _log;
    private readonly List<(string Path, IReadOnlyList<DomainName> Zones)> _files = [];
    private readonly ITimer? _timer;
    private int _isBusy;

    /// <param name="resolver">With a roll-over that has nothing loaded yet.</param>
    /// <param name="files">As they were read just now.</param>
    /// <param name="before">The keeper of the resolver before a reload: its memory is newer than the files.</param>
    /// <param name="log">Is told what could not be saved.</param>
    /// <param name="time">Tells when to look.</param>
    public AnchorKeeper(RecursiveResolver resolver, IReadOnlyList<AnchorFile> files, AnchorKeeper? before, NodeLog log, TimeProvider time)
    {
        (_resolver, _log) = (resolver, log);
        foreach (AnchorFile file in files)
        {
            string text = before?.TextOf(file.Path) ?? file.Text;
            if (!resolver.Rollover.TryLoad(text, file.Path, out IReadOnlyList<DomainName> zones, out TextError error))
                log.Write(new Remark($"the trust anchors of {error} are not used"));
            if (zones.Count == 0)
            {
                // A file that is not there yet begins with the root's configured keys.
                resolver.Rollover.Track(DomainName.Root);
                zones = [DomainName.Root];
            }

            _files.Add((file.Path, zones));
        }

        if (_files.Count > 0)
            _timer = time.CreateTimer(_ => _ = LookAsync(), null, TimeSpan.FromSeconds(1), s_interval);
    }

    /// <summary>Fetches what is due, then saves what has changed since.</summary>
    public async Task LookAsync()
    {
        if (Interlocked.Exchange(ref _isBusy, 1) != 0)
            return;
        try
        {
            await _resolver.ProbeAnchorsAsync(CancellationToken.None).ConfigureAwait(false);
            Save();
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
            await _timer.DisposeAsync().ConfigureAwait(false);
        Save();
    }

    private void Save()
    {
        if (!_resolver.Rollover.HasChanged)
            return;
        bool isSaved = true;
        foreach ((string path, IReadOnlyList<DomainName> zones) in _files)
        {
            if (StateFile.TryReplace(path, Encoding.ASCII.GetBytes(_resolver.Rollover.ToText(zones)), out string error))
                continue;
            isSaved = false;
            _log.Write(new Remark(error));
        }

        if (isSaved)
            _resolver.Rollover.Saved();
    }

    private string? TextOf(string path) => _files.Find(file => file.Path == path) is { Zones: { } zones } ? _resolver.Rollover.ToText(zones) : null;
}
