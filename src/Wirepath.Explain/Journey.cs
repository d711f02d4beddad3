using Wirepath.Events;

namespace Wirepath.Explain;

/// <summary>
/// What a log tells: each navigation from Enter to the page, with every layer below it. Reads events alone, so it
/// says the same of a simulated internet and of a real wire, as far as the log goes.
/// </summary>
public sealed class Journey
{
    private Journey(string clientNode, IReadOnlyList<Event> events, IReadOnlyList<Navigation> navigations, IReadOnlyList<Conversation> conversations) =>
        (ClientNode, Events, Navigations, Conversations) = (clientNode, events, navigations, conversations);

    public string ClientNode { get; }

    public IReadOnlyList<Event> Events { get; }

    public IReadOnlyList<Navigation> Navigations { get; }

    /// <summary>Connections that the client opened, in order.</summary>
    public IReadOnlyList<Conversation> Conversations { get; }

    /// <param name="events">In the order of their numbers.</param>
    /// <param name="clientNode">The node at which Enter was pressed.</param>
    public static Journey From(IReadOnlyList<Event> events, string clientNode)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(clientNode);
        var log = new LogIndex(events, clientNode);
        var at = new Dictionary<int, Conversation>();
        List<Conversation> conversations = ConversationReader.ReadAll(log, new LossReader(log), at);
        var navigations = new List<Navigation>();
        var mine = new Dictionary<int, List<int>>();
        for (int i = 0; i < log.Count; i++)
        {
            int navigation = log.NavigationOf(i);
            if (navigation < 0)
                continue;
            if (!mine.TryGetValue(navigation, out List<int>? list))
                mine[navigation] = list = [];
            list.Add(i);
        }

        foreach ((int started, List<int> indices) in mine.OrderBy(m => m.Key))
            navigations.Add(NavigationReader.Read(log, started, indices, at, navigations.Count + 1));
        var journey = new Journey(clientNode, events, navigations, conversations);
        foreach (Navigation navigation in navigations)
            navigation.Diagnosis = Diagnosis.Of(navigation, journey);
        return journey;
    }
}
