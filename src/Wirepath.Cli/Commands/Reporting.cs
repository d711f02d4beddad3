using System.CommandLine;
using Wirepath.Events;
using Wirepath.Explain;

namespace Wirepath.Cli.Commands;

/// <summary>What the small commands share: a log with its listeners, a world, a report, and the capture file.</summary>
internal static class Reporting
{
    public static int In(string command, ParseResult parsed, Shell shell, NetworkOptions network, OutputOptions output, Func<World, Report, int> run)
    {
        OutputChoice choice = output.Read(parsed);
        var log = new EventLog();
        var report = new Report(choice, shell);
        if (!network.TryRead(parsed, out NetworkChoice where, out string wrong))
            return Failing.Usage(shell, command, wrong);
        // On the embedded internet a packet is seen on many links; a real device is one.
        CaptureOrder order = where.Via is Via.Embedded ? CaptureOrder.Links : CaptureOrder.Time;
        if (!KeyLog.TryStart(choice.KeyLogFile, out KeyLog? keys, out string noKeys))
            return Failing.Usage(shell, command, noKeys);
        if (!Captures.TryOpen(choice, log, order, keys, out Captures? captures, out string problem))
            return Failing.Usage(shell, command, problem);
        using (captures)
            return Running.In(command, shell, where, log, world => run(world, report));
    }
}

/// <summary>The capture of <c>--pcap</c>, fed from the log while the run goes on.</summary>
internal sealed class Captures : IDisposable
{
    private readonly FileStream? _file;
    private readonly CaptureSink? _sink;
    private readonly IDisposable? _subscription;
    private readonly KeyLog? _keys;

    private Captures(OutputChoice choice, EventLog log, CaptureOrder order, KeyLog? keys)
    {
        // Secrets must stand before the packets that they open. In the order of time the packets are written already.
        _keys = order == CaptureOrder.Links ? keys : null;
        if (choice.CaptureFile is not { } path)
            return;
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 64 * 1024);
        _sink = new CaptureSink(_file, choice.Language, leaveOpen: false, order);
        _subscription = log.Subscribe(_sink);
    }

    public static bool TryOpen(OutputChoice choice, EventLog log, CaptureOrder order, KeyLog? keys, out Captures? captures, out string problem)
    {
        (captures, problem) = (null, "");
        try
        {
            captures = new Captures(choice, log, order, keys);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = $"--pcap: '{choice.CaptureFile}' cannot be written: {failure.Message.TrimEnd('.')}.";
            return false;
        }
    }

    public void Dispose()
    {
        _subscription?.Dispose();
        if (_sink is not null && _keys?.ReadNew() is { Length: > 0 } secrets)
            _sink.WriteTlsKeys(secrets);
        _sink?.Dispose();
        _file?.Dispose();
    }
}
