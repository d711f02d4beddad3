using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <content>A close that waits until the peer has everything.</content>
public sealed partial class TcpStream
{
    private LingerOperation? _lingering;

    private sealed class LingerOperation : Operation<bool>, ITimerTarget
    {
        private readonly TcpStream _stream;
        private readonly TimeSpan _most;
        private readonly WheelTimer _timer;

        public LingerOperation(TcpStream stream, TimeSpan most) : base(stream._host)
        {
            (_stream, _most) = (stream, most);
            _timer = new WheelTimer(this);
        }

        private bool IsDelivered => _stream.Socket.IsRemoved
            || _stream.Socket.Connection.State is not (TcpState.SynReceived or TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck);

        public ValueTask<bool> WaitAsync()
        {
            TryClaim();
            return Post(CancellationToken.None);
        }

        protected override void OnStart(Instant now)
        {
            if (IsDelivered)
            {
                Complete(true);
                return;
            }

            _stream._lingering = this;
            Host.Wheel.Set(_timer, now + _most);
        }

        public void Continue()
        {
            if (IsDelivered)
                End(true);
        }

        // The rest goes on in the background, as on Linux.
        public void OnTimer(WheelTimer timer, Instant now) => End(false);

        protected override void OnCancelled() => End(false);

        private void End(bool delivered)
        {
            Host.Wheel.Cancel(_timer);
            _stream._lingering = null;
            Complete(delivered);
        }
    }
}
