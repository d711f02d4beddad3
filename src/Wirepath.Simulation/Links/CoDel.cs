using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>
/// CoDel's drop decision (RFC 8289 §5): packets are dropped when even the shortest wait of an interval lay above the
/// target, and then ever more often, at intervals that shrink with the square root of the drops.
/// </summary>
internal sealed class CoDel
{
    private Instant _firstAboveTime = Instant.Never;
    private Instant _dropNext;
    private int _count;
    private int _lastCount;
    private bool _dropping;

    /// <summary>Takes frames from the queue until one may be sent; those in between are dropped. False when none is left.</summary>
    public bool TryDequeue(LinkDirection line, LinkSettings settings, Instant now, out WaitingFrame frame)
    {
        bool found = Dequeue(line, settings, now, out frame, out bool mayDrop);
        if (_dropping)
        {
            if (!mayDrop)
                _dropping = false;
            while (_dropping && now >= _dropNext)
            {
                line.DropByCoDel(frame);
                _count++;
                found = Dequeue(line, settings, now, out frame, out mayDrop);
                if (mayDrop)
                    _dropNext = ControlLaw(_dropNext, settings.CoDelInterval);
                else
                    _dropping = false;
            }
        }
        else if (mayDrop)
        {
            line.DropByCoDel(frame);
            found = Dequeue(line, settings, now, out frame, out _);
            _dropping = true;
            // §5.4: if we were dropping a short while ago, go on about where we left.
            int delta = _count - _lastCount;
            _count = delta > 1 && now - _dropNext < settings.CoDelInterval * 16 ? delta : 1;
            _dropNext = ControlLaw(now, settings.CoDelInterval);
            _lastCount = _count;
        }

        return found;
    }

    private bool Dequeue(LinkDirection line, LinkSettings settings, Instant now, out WaitingFrame frame, out bool mayDrop)
    {
        mayDrop = false;
        if (!line.TryTakeWaiting(out frame))
        {
            _firstAboveTime = Instant.Never;
            return false;
        }

        // A queue of at most one full packet keeps the line busy and is no standing queue.
        if (now - frame.Since < settings.CoDelTarget || line.WaitingBytes <= settings.Mtu + EthernetHeader.Size)
            _firstAboveTime = Instant.Never;
        else if (_firstAboveTime.IsNever)
            _firstAboveTime = now + settings.CoDelInterval;
        else
            mayDrop = now >= _firstAboveTime;
        return true;
    }

    private Instant ControlLaw(Instant from, TimeSpan interval) => from + TimeSpan.FromTicks((long)(interval.Ticks / Math.Sqrt(_count)));
}
