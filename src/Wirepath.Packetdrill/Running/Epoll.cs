using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

/// <summary>
/// A set of sockets that is waited for. As in Linux a socket joins the ready list when something happens to it, and leaves it when it
/// is found not ready, or (edge-triggered) once it was reported.
/// </summary>
internal sealed class Epoll : IDisposable
{
    private const long Always = Constants.POLLERR | Constants.POLLHUP;
    private const long Modes = Constants.EPOLLET | Constants.EPOLLONESHOT | (3L << 28);

    private readonly List<Item> _items = [];

    /// <summary>A socket has joined the ready list.</summary>
    public Action? Woken { get; set; }

    private sealed class Item(Epoll epoll, int descriptor, ScriptSocket socket)
    {
        public int Descriptor { get; } = descriptor;

        public ScriptSocket Socket { get; } = socket;

        /// <summary>What is asked for, with the modes; a one-shot that has been reported asks for nothing.</summary>
        public long Asked { get; set; }

        /// <summary>What the script wants to be told with it.</summary>
        public long Cookie { get; set; }

        public bool IsReady { get; set; }

        public long Found => Socket.Events & (Asked | Always);

        public void OnChanged(TcpSignals signals)
        {
            long about = ((signals & TcpSignals.Readable) != 0 ? Constants.POLLIN | Constants.POLLRDNORM : 0)
                | ((signals & TcpSignals.Writable) != 0 ? Constants.POLLOUT | Constants.POLLWRNORM : 0)
                | ((signals & (TcpSignals.PeerClosed | TcpSignals.Ended)) != 0 ? Constants.POLLRDHUP | Constants.POLLIN | Always : 0);
            if ((Asked & ~Modes) == 0 || (about & (Asked | Always)) == 0)
                return;
            IsReady = true;
            epoll.Woken?.Invoke();
        }
    }

    public bool Has(int descriptor) => _items.Exists(i => i.Descriptor == descriptor);

    public void Add(int descriptor, ScriptSocket socket, long events, long cookie)
    {
        var item = new Item(this, descriptor, socket) { Asked = events, Cookie = cookie };
        item.IsReady = item.Found != 0;
        socket.Changed += item.OnChanged;
        _items.Add(item);
        Arm(item);
    }

    public void Modify(int descriptor, long events, long cookie)
    {
        Item item = _items.Find(i => i.Descriptor == descriptor)!;
        (item.Asked, item.Cookie) = (events, cookie);
        item.IsReady |= item.Found != 0;
        Arm(item);
        if (item.IsReady)
            Woken?.Invoke();
    }

    public void Remove(int descriptor) => Forget(_items.Find(i => i.Descriptor == descriptor)!.Socket);

    public void Forget(ScriptSocket socket)
    {
        foreach (Item item in _items.Where(i => i.Socket == socket))
            socket.Changed -= item.OnChanged;
        _items.RemoveAll(i => i.Socket == socket);
    }

    /// <summary>Takes what is ready, in the order in which it was added.</summary>
    public IReadOnlyList<(long Events, long Cookie)> Take(int most)
    {
        var taken = new List<(long, long)>();
        foreach (Item item in _items)
        {
            if (!item.IsReady || taken.Count == most)
                continue;
            long found = item.Found;
            Arm(item);
            if (found == 0)
            {
                item.IsReady = false;
                continue;
            }

            taken.Add((found, item.Cookie));
            if ((item.Asked & Constants.EPOLLET) != 0)
                item.IsReady = false;
            if ((item.Asked & Constants.EPOLLONESHOT) != 0)
                (item.Asked, item.IsReady) = (item.Asked & Modes, false);
        }

        return taken;
    }

    public bool HasReady => _items.Exists(i => i.IsReady && i.Found != 0);

    public void Dispose()
    {
        foreach (Item item in _items)
            item.Socket.Changed -= item.OnChanged;
        _items.Clear();
    }

    // Whoever looks and finds no room to write is told when there is.
    private static void Arm(Item item)
    {
        if ((item.Asked & Constants.POLLOUT) != 0 && (item.Socket.Events & Constants.POLLOUT) == 0)
            item.Socket.Stream?.SignalWhenWritable();
    }
}
