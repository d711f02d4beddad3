using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>
/// Duplicate address detection (RFC 4862 §5.4): a new address is asked for, and is one's own when nobody answers. With
/// <see cref="Ipv6Settings.OptimisticDad"/> it is in use meanwhile (RFC 4429).
/// </summary>
internal sealed class DuplicateAddressDetection(Host host, Interface on, Ipv6Link link)
{
    private readonly List<Check> _checks = [];

    /// <summary>True while it is not sure that the address is nobody else's.</summary>
    public bool IsChecking(IpAddress address) => Find(address) is not null;

    /// <summary>True for the group at which an address under check would be asked for.</summary>
    public bool Awaits(IpAddress group)
    {
        foreach (Check check in _checks)
        {
            if (check.Address.Address.SolicitedNode == group)
                return true;
        }

        return false;
    }

    public void Start(InterfaceAddress address, IpAddress gateway, string origin, TimeSpan lease, Instant now)
    {
        if (IsChecking(address.Address))
            return;
        var check = new Check(this, address, gateway, origin, lease) { Cause = host.Log.Because };
        _checks.Add(check);
        Ask(check, now);
    }

    public void Stop(IpAddress address)
    {
        if (Find(address) is not { } check)
            return;
        host.Wheel.Cancel(check.Timer);
        _checks.Remove(check);
    }

    /// <summary>Somebody else has the address, or wants it too.</summary>
    public void Refuse(IpAddress address, MacAddress by, Instant now)
    {
        if (host.Log.IsEnabled)
            host.Log.WriteAndFollow(new AddressRefused(on.Name, address, by));
        on.RemoveAddress(address);
        link.Routers.OnAddressRefused(now);
    }

    private Check? Find(IpAddress address)
    {
        foreach (Check check in _checks)
        {
            if (check.Address.Address == address)
                return check;
        }

        return null;
    }

    private void Ask(Check check, Instant now)
    {
        check.Attempts++;
        host.Log.Because = check.Cause;
        if (host.Log.IsEnabled)
            check.Cause = host.Log.WriteAndFollow(new AddressTested(on.Name, check.Address.Address, check.Attempts));
        link.Discovery.Probe(check.Address.Address, now);
        host.Wheel.Set(check.Timer, now + host.Settings.Neighbor.RetransTime);
    }

    private void OnTimer(Check check, Instant now)
    {
        if (check.Attempts < host.Settings.Ipv6.DadTransmits)
        {
            Ask(check, now);
            return;
        }

        host.Log.Because = check.Cause;
        _checks.Remove(check);
        on.Assign(check.Address, check.Gateway, check.Origin, check.Lease);
        link.Routers.OnAddressReady(now);
    }

    public void Dispose()
    {
        foreach (Check check in _checks)
            host.Wheel.Cancel(check.Timer);
        _checks.Clear();
    }

    private sealed class Check : ITimerTarget
    {
        private readonly DuplicateAddressDetection _owner;

        public Check(DuplicateAddressDetection owner, InterfaceAddress address, IpAddress gateway, string origin, TimeSpan lease)
        {
            (_owner, Address, Gateway, Origin, Lease) = (owner, address, gateway, origin, lease);
            Timer = new WheelTimer(this);
        }

        public InterfaceAddress Address { get; }

        public IpAddress Gateway { get; }

        public string Origin { get; }

        public TimeSpan Lease { get; }

        public WheelTimer Timer { get; }

        public EventId Cause { get; set; }

        public int Attempts { get; set; }

        public void OnTimer(WheelTimer timer, Instant now) => _owner.OnTimer(this, now);
    }
}
