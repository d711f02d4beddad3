using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>The clients of a host's interfaces, which share port 68.</summary>
internal sealed class DhcpClients(Host host) : IUdpReceiver
{
    private readonly List<DhcpClient> _clients = [];
    private bool _isBound;

    public ValueTask<DhcpLease> ConfigureAsync(Interface on, CancellationToken cancellation) => new ConfigureOperation(host, on).RunAsync(cancellation);

    /// <summary>True for a datagram to an address that this interface does not have yet (RFC 2131 §4.1).</summary>
    public bool Awaits(Interface on, in Ipv4Header header) => _clients.Count > 0 && header.Protocol == IpProtocol.Udp && Find(on) is { IsWithoutAddress: true };

    public void OnArp(Interface on, in ArpPacket arp, Instant now) => Find(on)?.OnArp(arp, now);

    private DhcpClient? Find(Interface on) => _clients.Find(c => c.Interface == on);

    void IUdpReceiver.OnDatagram(Packet packet, int offset, int length, IpEndpoint from, in IpArrival arrival, Instant now)
    {
        if (from.Port == DhcpMessage.ServerPort && DhcpMessage.TryRead(packet.Head.Slice(offset, length), out DhcpMessage message))
            Find(arrival.Interface)?.Receive(message, now);
        packet.Dispose();
    }

    bool IUdpReceiver.OnError(IpEndpoint remote, in IcmpReport report, Instant now) => false;

    private sealed class ConfigureOperation(Host host, Interface on) : Operation<DhcpLease>(host)
    {
        private DhcpClient? _client;

        public ValueTask<DhcpLease> RunAsync(CancellationToken cancellation)
        {
            TryClaim();
            return Post(cancellation);
        }

        protected override void OnStart(Instant now)
        {
            DhcpClients clients = Host.Dhcp;
            if (!clients._isBound)
            {
                Host.Udp.Bind(new IpEndpoint(IpAddress.AnyV4, DhcpMessage.ClientPort), clients);
                clients._isBound = true;
            }

            _client = clients.Find(on);
            if (_client is null)
                clients._clients.Add(_client = new DhcpClient(Host, on));
            _client.Start(this, now);
        }

        protected override void OnCancelled() => _client?.Stop(this);
    }
}
