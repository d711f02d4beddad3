using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Http;

/// <summary>A connection to a name, and the event with which it stood.</summary>
internal readonly record struct Connected(TcpStream Stream, EventId Cause);

/// <summary>
/// Connects a host to a name: look-ups side by side, the race of its addresses, the first that connects wins and the
/// others are closed. Everything it starts has ended, or is being cancelled, when it returns.
/// </summary>
internal sealed class HostConnector(Host host, INameResolver names, ConnectSettings settings)
{
    /// <param name="name">As the URL has it, for the log and for people.</param>
    /// <param name="address">The host is this address; none: it is <paramref name="domain"/>.</param>
    /// <param name="domain">The name to look up.</param>
    /// <param name="port">Of the origin.</param>
    /// <param name="secure">An https origin: its HTTPS records are asked for.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="FetchException">There is no address, or none answers.</exception>
    public async Task<Connected> ConnectAsync(string name, IpAddress address, DomainName domain, ushort port, bool secure, CancellationToken ct)
    {
        using var running = new Run(this, name, port, ct);
        if (!address.IsNone)
            running.Know(address);
        else
            running.LookUp(domain, secure && settings.UseHttpsRecords);
        return await running.RaceAsync().ConfigureAwait(false);
    }

    /// <summary>Whether an http origin should be fetched as https: it has an HTTPS record that we can use (RFC 9460 §9.5).</summary>
    public async Task<bool> WantsHttpsAsync(DomainName domain, ushort port, CancellationToken ct)
    {
        if (!ServiceBindings.TryGetQueryName(domain, port == 80 ? (ushort)443 : port, out DomainName at))
            return false;
        using var patience = new CancellationTokenSource(settings.UpgradePatience, host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            for (int aliases = 0; aliases <= settings.MostServiceAliases; aliases++)
            {
                NameAnswer answer = await names.ResolveAsync(at, DnsType.HTTPS, either.Token).ConfigureAwait(false);
                List<ServiceBinding> services = ServiceBindings.Read(answer, port, out DomainName? alias);
                if (alias is not { IsRoot: false } next)
                    return services.Count > 0 || (aliases > 0 && alias is null && answer.Failure == NameFailure.NoSuchType);
                at = next;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }

        return false;
    }

    private IpAddress SourceOf(IpAddress to) => host.Routes.TryLookup(to, out RouteDecision way) ? way.Source : IpAddress.None;

    // A family of which the host has no address of its own would be asked for in vain.
    private bool Has(Func<IpAddress, bool> isOfFamily) =>
        host.Interfaces.Any(on => on.Addresses.Any(own => isOfFamily(own.Address) && own.Address is { IsLinkLocal: false, IsLoopback: false }));

    private enum NewsKind
    {
        /// <summary>The timer, or nothing that needs doing.</summary>
        TimePassed,
        Answered,
        Connected,
        Failed,
        Cancelled,
    }

    private readonly record struct News(NewsKind Kind)
    {
        public NameAnswer? Answer { get; init; }

        public RaceGroup? Group { get; init; }

        public IpEndpoint Remote { get; init; }

        public TcpStream? Stream { get; init; }

        public NetworkException? Problem { get; init; }

        public Exception? Mistake { get; init; }
    }

    /// <summary>One race from beginning to end.</summary>
    private sealed class Run : IDisposable
    {
        private readonly HostConnector _connector;
        private readonly string _name;
        private readonly ushort _port;
        private readonly CancellationToken _ct;
        private readonly CancellationTokenSource _over = new();
        private readonly CancellationTokenRegistration _cancelled;
        private readonly Mailbox<News> _news = new();
        private readonly ITimer _timer;
        private readonly ConnectionRace _race;
        private readonly RaceGroup _origin;
        private readonly NodeLog _log;
        private readonly EventId _because = NodeLog.ApplicationCause;
        private readonly Dictionary<IpEndpoint, EventId> _attempts = [];
        private readonly List<(IpEndpoint Remote, NetworkException Problem)> _failures = [];
        private readonly List<NameAnswer> _unanswered = [];
        private readonly List<RaceGroup> _atOrigin = []; // endpoints at other ports of the same name
        private DomainName _domain;
        private readonly bool _usesV6;
        private readonly bool _usesV4;
        private EventId _latest;
        private int _aliases;

        public Run(HostConnector connector, string name, ushort port, CancellationToken ct)
        {
            (_connector, _name, _port, _ct, _log) = (connector, name, port, ct, connector.Host.Log);
            _usesV6 = connector.Has(static address => address.IsV6);
            _usesV4 = !_usesV6 || connector.Has(static address => address.IsV4);
            _race = new ConnectionRace(connector.Settings, connector.SourceOf);
            _origin = _race.Add(port, expectsV4: false, expectsV6: false);
            _timer = connector.Host.Time.CreateTimer(static news => ((Mailbox<News>)news!).TryPut(new News(NewsKind.TimePassed)), _news, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _cancelled = ct.UnsafeRegister(static news => ((Mailbox<News>)news!).TryPut(new News(NewsKind.Cancelled)), _news);
            _latest = _because;
        }

        private Instant Now => _log.Now;

        public void Know(IpAddress address) => _race.Found(_origin, address.IsV6, [address], Now);

        public void LookUp(DomainName domain, bool services)
        {
            (_domain, _origin.ExpectsV4, _origin.ExpectsV6) = (domain, _usesV4, _usesV6);
            _race.AwaitsServices = services && ServiceBindings.TryGetQueryName(domain, _port, out _);
            // AAAA goes first (RFC 8305 §3): its answer is the one that is waited for.
            if (_usesV6)
                Ask(domain, DnsType.AAAA, _origin);
            if (_usesV4)
                Ask(domain, DnsType.A, _origin);
            if (_race.AwaitsServices && ServiceBindings.TryGetQueryName(domain, _port, out DomainName at))
                Ask(at, DnsType.HTTPS, null);
        }

        public async Task<Connected> RaceAsync()
        {
            try
            {
                while (true)
                {
                    RaceStep step = _race.Next(Now);
                    switch (step.Move)
                    {
                        case RaceMove.Attempt:
                            _ = AttemptAsync(step.Remote, step.Why);
                            continue;
                        case RaceMove.GiveUp:
                            throw Failure();
                        case RaceMove.Wait:
                            break;
                        default:
                            throw new InvalidOperationException("Every RaceMove has a case.");
                    }

                    _timer.Change(step.Until.IsNever ? Timeout.InfiniteTimeSpan : Positive(step.Until - Now), Timeout.InfiniteTimeSpan);
                    await _news.WaitAsync().ConfigureAwait(false);
                    while (_news.TryTake(out News news))
                    {
                        if (Take(news) is { } connected)
                            return connected;
                    }
                }
            }
            finally
            {
                End();
            }
        }

        public void Dispose()
        {
            _cancelled.Dispose();
            _timer.Dispose();
            _over.Dispose();
        }

        private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;

        private Connected? Take(News news)
        {
            switch (news.Kind)
            {
                case NewsKind.TimePassed:
                    return null;
                case NewsKind.Cancelled:
                    throw new OperationCanceledException(_ct);
                case NewsKind.Answered:
                    Answered(news.Answer!, news.Group);
                    return null;
                case NewsKind.Connected:
                    return Won(news.Remote, news.Stream!);
                case NewsKind.Failed when news.Mistake is { } mistake:
                    throw new InvalidOperationException("A look-up or an attempt threw what it must not throw.", mistake);
                case NewsKind.Failed:
                    Failed(news.Remote, news.Problem!);
                    return null;
                default:
                    throw new InvalidOperationException("Every NewsKind has a case.");
            }
        }

        private void Ask(DomainName domain, DnsType type, RaceGroup? group) => _ = AskAsync(domain, type, group);

        private async Task AskAsync(DomainName domain, DnsType type, RaceGroup? group)
        {
            try
            {
                NodeLog.ApplicationCause = _because;
                NameAnswer answer = await _connector.Names.ResolveAsync(domain, type, _over.Token).ConfigureAwait(false);
                _news.TryPut(new News(NewsKind.Answered) { Answer = answer, Group = group });
            }
            catch (OperationCanceledException)
            {
                // The race is over.
            }
            catch (Exception mistake)
            {
                _news.TryPut(new News(NewsKind.Failed) { Mistake = mistake });
            }
        }

        private void Answered(NameAnswer answer, RaceGroup? group)
        {
            if (group is null)
            {
                ServicesFound(answer);
                return;
            }

            if (group == _origin && answer.Addresses.Count == 0)
                _unanswered.Add(answer);
            _race.Found(group, answer.Type == DnsType.AAAA, answer.Addresses, Now);
            if (group != _origin)
                return;
            foreach (RaceGroup other in _atOrigin)
                _race.Found(other, answer.Type == DnsType.AAAA, answer.Addresses, Now);
        }

        private void ServicesFound(NameAnswer answer)
        {
            List<ServiceBinding> services = ServiceBindings.Read(answer, _port, out DomainName? alias);
            if (alias is { IsRoot: false } next && _aliases++ < _connector.Settings.MostServiceAliases)
            {
                Ask(next, DnsType.HTTPS, null);
                return;
            }

            _race.AwaitsServices = false;
            // RFC 9460 §3: an alias that leads to a name without such records leads to that name's addresses.
            if (_aliases > 0 && alias is null && services.Count == 0 && answer.Failure == NameFailure.NoSuchType)
                services.Add(new ServiceBinding(0, answer.Name, _port, ["http/1.1"], []));
            foreach (ServiceBinding service in services.Take(_connector.Settings.MostServices))
                Add(service);
        }

        private void Add(ServiceBinding service)
        {
            if (_log.IsEnabled)
                _latest = _log.Write(_because, new ServiceFound(_name, service.Target, service.Port, service.Priority, service.Protocols));
            if (service.Target == _domain)
            {
                RaceGroup same = _race.AddBefore(_origin, service.Port, _origin.ExpectsV4, _origin.ExpectsV6, service.Hints);
                same.Addresses.AddRange(_origin.Addresses);
                same.FirstAddress = _origin.FirstAddress;
                _atOrigin.Add(same);
                return;
            }

            RaceGroup group = _race.AddBefore(_origin, service.Port, _usesV4, _usesV6, service.Hints);
            if (_usesV6)
                Ask(service.Target, DnsType.AAAA, group);
            if (_usesV4)
                Ask(service.Target, DnsType.A, group);
        }

        private async Task AttemptAsync(IpEndpoint remote, ConnectReason why)
        {
            EventId started = _log.IsEnabled ? _log.Write(_latest, new ConnectStarted(_name, remote, why)) : EventId.None;
            _latest = started;
            _attempts[remote] = started;
            NodeLog.ApplicationCause = started;
            try
            {
                TcpStream stream = await _connector.Host.ConnectAsync(remote, _over.Token).ConfigureAwait(false);
                if (!_news.TryPut(new News(NewsKind.Connected) { Remote = remote, Stream = stream }))
                    await stream.DisposeAsync().ConfigureAwait(false);
            }
            catch (NetworkException problem)
            {
                _news.TryPut(new News(NewsKind.Failed) { Remote = remote, Problem = problem });
            }
            catch (OperationCanceledException)
            {
                // The race is over.
            }
            catch (Exception mistake)
            {
                _news.TryPut(new News(NewsKind.Failed) { Mistake = mistake });
            }
        }

        private Connected Won(IpEndpoint remote, TcpStream stream)
        {
            stream.NoDelay = true;
            // A server that gave up, and whose RST was lost, would be waited for without end.
            stream.KeepAlive = true;
            _attempts.Remove(remote, out EventId started);
            return new Connected(stream, _log.IsEnabled ? _log.Write(started, new ConnectFinished(stream.Id, Reused: false)) : EventId.None);
        }

        private void Failed(IpEndpoint remote, NetworkException problem)
        {
            _attempts.Remove(remote, out EventId started);
            _failures.Add((remote, problem));
            _race.Failed(remote, Now);
            if (_log.IsEnabled)
                _latest = _log.Write(started, new ConnectFailed(_name, remote, problem.End, problem.Detail));
        }

        // What is still under way is cancelled; what has connected meanwhile is closed.
        private void End()
        {
            foreach (News left in _news.Close())
            {
                if (left.Stream is not { } stream)
                    continue;
                _attempts.TryAdd(left.Remote, default);
                _ = stream.DisposeAsync().AsTask();
            }

            foreach ((IpEndpoint remote, EventId started) in _attempts)
            {
                if (_log.IsEnabled)
                    _log.Write(started, new ConnectAbandoned(_name, remote));
            }

            _over.Cancel();
        }

        private FetchException Failure()
        {
            if (_failures.Count == 0)
                return new FetchException(ExitCodes.Dns, NoAddress());
            bool neverLeft = _failures.TrueForAll(f => f.Problem.End is ConnectionEnd.Unreachable or ConnectionEnd.NotSent);
            return new FetchException(neverLeft ? ExitCodes.Link : ExitCodes.Tcp,
                $"no connection to {_name}, {string.Join("; ", _failures.Select(f => $"{f.Remote}: {f.Problem.Detail.TrimEnd('.')}"))}");
        }

        private string NoAddress()
        {
            // That there are no addresses of one family says less than why there is no answer about the other.
            NameAnswer? decisive = _unanswered.Find(a => a.Failure is not (NameFailure.None or NameFailure.NoSuchType));
            if (decisive is not null)
                return decisive.Explanation;
            return _unanswered is [{ Failure: not NameFailure.None } only] ? only.Explanation
                : $"{_name} exists, but has no {(_usesV6 ? _usesV4 ? "" : "IPv6 " : "IPv4 ")}address";
        }
    }

    private Host Host => host;

    private INameResolver Names => names;

    private ConnectSettings Settings => settings;
}
