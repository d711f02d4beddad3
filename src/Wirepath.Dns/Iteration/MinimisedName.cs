using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>How much of a name the servers of one zone are shown (RFC 9156 §2.3): a label at a time, then in larger steps.</summary>
internal sealed class MinimisedName
{
    // MINIMISE_ONE_LAB: so many steps of one label, then the rest is spread over those that are left.
    private const int StepsOfOneLabel = 4;

    private readonly DnsQuestion _question;
    private readonly ResolverSettings _settings;
    private readonly int _allLabels;
    private int _labels;
    private int _steps;

    public MinimisedName(Delegation at, DnsQuestion question, ResolverSettings settings)
    {
        _question = question;
        _settings = settings;
        _allLabels = question.Name.LabelCount;
        _labels = at.Zone.LabelCount;
        // A forwarder resolves the name: it must see it. DS is asked of the parent, one label up.
        if (!settings.UseMinimisation || at.IsForward || question.Type == DnsType.DS && _labels + 1 >= _allLabels)
            ShowAll();
        else
            Lengthen();
    }

    /// <summary>The whole name and the type that is asked for.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>What to ask: type A for a part of the name, which says the least about what is wanted (RFC 9156 §2.1).</summary>
    public DnsQuestion Current => IsWhole ? _question : _question with { Name = _question.Name.Ancestor(_labels), Type = DnsType.A };

    public void Lengthen()
    {
        int left = _allLabels - _labels;
        int stepsLeft = _settings.MostMinimisationSteps - _steps;
        _steps++;
        int more = _steps <= StepsOfOneLabel ? 1 : stepsLeft <= 0 ? left : Math.Max(left / stepsLeft, 1);
        // The whole name is shown with type A once before its type is.
        bool wasWhole = _labels >= _allLabels;
        _labels = Math.Min(_labels + more, _allLabels);
        IsWhole = _labels >= _allLabels && (wasWhole || _question.Type is DnsType.A or DnsType.DS);
    }

    public void ShowAll() => IsWhole = true;
}
