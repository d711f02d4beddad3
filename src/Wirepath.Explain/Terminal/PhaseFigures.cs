namespace Wirepath.Explain;

/// <summary>
/// The figures of one navigation in one unit. Each hop's share of each kind of phase is rounded once, here, so that
/// whatever is shown anywhere adds up to the total that is shown.
/// </summary>
internal sealed class PhaseFigures
{
    private readonly Dictionary<(int Hop, PhaseKind Kind), (long Ticks, long Units)> _parts = [];

    public PhaseFigures(Navigation navigation)
    {
        Scale = TimeScale.For(navigation.Elapsed);
        var keys = new List<(int, PhaseKind)>();
        var ticks = new List<long>();
        foreach (Phase phase in navigation.Phases)
        {
            int index = keys.IndexOf((phase.Hop, phase.Kind));
            if (index < 0)
            {
                keys.Add((phase.Hop, phase.Kind));
                ticks.Add(phase.Duration.Ticks);
            }
            else
            {
                ticks[index] += phase.Duration.Ticks;
            }
        }

        long[] units = Apportionment.Round(ticks, Scale.UnitTicks);
        for (int i = 0; i < units.Length; i++)
        {
            _parts[keys[i]] = (ticks[i], units[i]);
            Total += units[i];
        }
    }

    public TimeScale Scale { get; }

    /// <summary>Units of the whole navigation.</summary>
    public long Total { get; }

    public long UnitsOf(int hop, PhaseKind kind) => _parts.GetValueOrDefault((hop, kind)).Units;

    public long TicksOf(int hop, PhaseKind kind) => _parts.GetValueOrDefault((hop, kind)).Ticks;

    /// <summary>All hops together.</summary>
    public long UnitsOf(PhaseKind kind) => _parts.Where(p => p.Key.Kind == kind).Sum(p => p.Value.Units);

    public string Format(long units) => Scale.Format(units);

    public string WithUnit(long units) => $"{Scale.Format(units)} {Scale.Symbol}";

    public static TextRole RoleOf(PhaseKind kind) => kind switch
    {
        PhaseKind.Dns => TextRole.PhaseDns,
        PhaseKind.Arp => TextRole.PhaseArp,
        PhaseKind.Connect => TextRole.PhaseConnect,
        PhaseKind.Tls => TextRole.PhaseTls,
        PhaseKind.Wait => TextRole.PhaseWait,
        PhaseKind.Transfer => TextRole.PhaseTransfer,
        PhaseKind.Redirect => TextRole.PhaseRedirect,
        PhaseKind.Other => TextRole.PhaseOther,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>A pattern for each, so that the bar reads without colour.</summary>
    public static char FillOf(PhaseKind kind) => kind switch
    {
        PhaseKind.Dns => '█',
        PhaseKind.Arp => '▚',
        PhaseKind.Connect => '▒',
        PhaseKind.Tls => '▤',
        PhaseKind.Wait => '░',
        PhaseKind.Transfer => '▓',
        PhaseKind.Redirect => '▞',
        PhaseKind.Other => '▁',
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
