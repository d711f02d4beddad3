using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Marks answers and their sets as secure, insecure, indeterminate or bogus (RFC 4035 §5). Does no I/O of its own: keys
/// come through <see cref="IChainSource"/>. One for each resolver; it remembers keys between answers.
/// </summary>
internal sealed class Validator
{
    private readonly ResolverSettings _settings;
    private readonly TrustAnchors _anchors;
    private readonly KeyCache _keys;
    private readonly ChainOfTrust _chain;
    private readonly SetChecker _checker;
    private readonly NodeLog _log;
    private readonly AnchorRollover? _rollover;

    public Validator(ResolverSettings settings, TrustAnchors anchors, TimeProvider time, NodeLog log, AnchorRollover? rollover = null)
    {
        (_settings, _anchors, _log) = (settings, anchors, log);
        foreach (DomainName name in settings.InsecureNames)
            anchors.AddNegative(name);
        var policy = new AlgorithmPolicy(settings);
        var verifier = new RrsetVerifier(settings, policy, time);
        _checker = new SetChecker(verifier, log);
        _keys = new KeyCache(settings);
        _chain = new ChainOfTrust(
            settings, anchors, _keys, new DelegationJudge(settings, policy, _checker, time), new KeySetJudge(settings, policy, verifier, time), rollover, time, log);
        _rollover = rollover;
    }

    /// <summary>True when something above the name is trusted, so that its answers should be asked for with signatures.</summary>
    public bool IsBelowAnchor(DomainName name) => _anchors.TryFind(name, out TrustPoint? point) && !point.IsNegative;

    /// <summary>True when the zone itself is trusted from the start.</summary>
    public bool IsAnchor(DomainName zone) => _anchors.TryFind(zone, out TrustPoint? point) && !point.IsNegative && point.Zone == zone;

    /// <summary>What a referral says of its child's signatures is used instead of the DS question, once it is verified.</summary>
    /// <param name="child">The zone that is referred to.</param>
    /// <param name="authorities">The referral's authority section, unchecked.</param>
    public void NoteReferral(DomainName child, List<Rrset> authorities)
    {
        if (IsBelowAnchor(child))
            _chain.NoteReferral(child, authorities);
    }

    /// <summary>How the keys that vouch for a name came to be trusted, as far as that is remembered; null when it is not.</summary>
    public TrustLink? Recall(DomainName name) => _chain.Recall(name);

    /// <summary>Zones whose keys are remembered.</summary>
    public int ZonesKnown => _keys.Count;

    /// <summary>Fetches the keys of trust anchors that are due (RFC 5011 §2.3); to be called at <see cref="AnchorRollover.NextProbe"/>.</summary>
    /// <param name="contextOf">A context for each zone: each has a ledger of its own.</param>
    public async ValueTask ProbeAnchorsAsync(Func<DomainName, ValidationContext> contextOf)
    {
        if (_rollover is null)
            return;
        foreach (DomainName zone in _rollover.Due)
            await _chain.ProbeAsync(zone, contextOf(zone)).ConfigureAwait(false);
    }

    /// <summary>Forgets all keys; what is asked next is verified from the anchor down.</summary>
    public void Forget() => _keys.Clear();

    /// <summary>
    /// Sets <see cref="ResolvedMessage.Security"/>, its <see cref="ResolvedMessage.Error"/> when it is bogus, its chain, and each set's
    /// security; caps TTLs; drops from a secure message what is not secure and nobody needs. Failures (SERVFAIL …) stay as they are.
    /// </summary>
    /// <param name="message">Whole: aliases first, in the order in which they were followed, the proofs of all links among the authorities.</param>
    /// <param name="context">Pays for the work.</param>
    public async ValueTask ValidateAsync(ResolvedMessage message, ValidationContext context)
    {
        if (!message.IsAnswer)
            return;
        var validation = new AnswerValidation(_settings, _chain, _checker, message, context);
        await validation.RunAsync().ConfigureAwait(false);
        if (_log.IsEnabled)
        {
            message.Because = _log.Write(context.Because, new AnswerValidated(
                message.Question.Name, message.Question.Type, SetChecker.Verdict(message.Security), validation.Explanation));
        }
    }
}
