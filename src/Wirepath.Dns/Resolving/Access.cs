using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Who may ask what.</summary>
internal static class Access
{
    /// <summary>For a resolver on a network of its own: everybody who can reach it.</summary>
    public static IReadOnlyList<AccessRule> Anybody { get; } =
        [new(IpPrefix.Parse("0.0.0.0/0"), AccessAction.Allow), new(IpPrefix.Parse("::/0"), AccessAction.Allow)];

    /// <summary>What the rule with the longest prefix says; without one, loopback is allowed and all others are refused.</summary>
    public static AccessAction Of(IReadOnlyList<AccessRule> rules, IpAddress client)
    {
        int longest = -1;
        // Who answers itself, in memory, has no address.
        AccessAction action = client.IsLoopback || client == default ? AccessAction.Allow : AccessAction.Refuse;
        for (int i = 0; i < rules.Count; i++) // an enumerator of the interface would be allocated for each query
        {
            AccessRule rule = rules[i];
            // Of two rules for the same prefix the later one holds.
            if (rule.Clients.Length < longest || !rule.Clients.Contains(client))
                continue;
            longest = rule.Clients.Length;
            action = rule.Action;
        }

        return action;
    }
}
