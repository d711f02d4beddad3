using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// TCP_QUICKACK: the application's advice about delayed ACKs.
public sealed partial class TcpConnection
{
    /// <summary>True acknowledges the next segments at once, and what waits now too; false waits for company from now on.</summary>
    public bool QuickAck
    {
        get => !_isInteractive;
        set
        {
            (_isInteractive, _quickAcks) = (!value, value ? Math.Max(_quickAcks, Math.Max(_settings.QuickAcks, 1)) : 0);
            if (value && _timers.DelayedAck != Instant.Never)
                Acknowledge(SendCause.Ack);
        }
    }
}
