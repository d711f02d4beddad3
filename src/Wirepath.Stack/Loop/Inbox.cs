using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>Work that an application hands to the loop.</summary>
internal abstract class Command
{
    /// <summary>Runs on the loop. <paramref name="argument"/> is what was posted with it.</summary>
    internal abstract void Execute(int argument, Instant now);

    /// <summary>The host is gone: it will never run.</summary>
    internal virtual void Refuse()
    {
    }
}

/// <summary>Where calls of any thread wait for the loop: two lists that change places, so that posting allocates nothing.</summary>
internal sealed class Inbox
{
    private readonly Lock _lock = new();
    private List<(Command Command, int Argument)> _arriving = [];
    private List<(Command Command, int Argument)> _taken = [];

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _arriving.Count == 0;
        }
    }

    /// <returns>True when it is the first one, and the loop has to be woken.</returns>
    public bool Post(Command command, int argument)
    {
        lock (_lock)
        {
            _arriving.Add((command, argument));
            return _arriving.Count == 1;
        }
    }

    /// <summary>Runs what has arrived, in order.</summary>
    /// <returns>How many.</returns>
    public int Drain(Instant now)
    {
        lock (_lock)
            (_arriving, _taken) = (_taken, _arriving);
        int count = _taken.Count;
        for (int i = 0; i < count; i++)
            _taken[i].Command.Execute(_taken[i].Argument, now);
        _taken.Clear();
        return count;
    }
}
