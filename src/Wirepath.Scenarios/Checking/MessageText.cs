using System.Text;
using Wirepath.Wire;

namespace Wirepath.Scenarios;

/// <summary>Messages as lines for people.</summary>
internal static class MessageText
{
    /// <summary><c>www.example.com. IN A</c>, and what is special about the query.</summary>
    public static string Query(DnsMessage query, bool overTcp)
    {
        string question = query.Questions.Count > 0 ? query.Questions[0].ToString() : "without a question";
        string flags = EntryMatch.Flags(query.Flags);
        return $"{question}{(flags == "none" ? "" : $" {flags}")}{(query.Edns is { } edns ? edns.DnssecOk ? " DO" : "" : " noedns")}{(overTcp ? " TCP" : "")}";
    }

    /// <summary>Header, question and sections on lines of their own, as a scenario would have them.</summary>
    public static string Whole(DnsMessage message)
    {
        var text = new StringBuilder();
        text.Append("REPLY ").Append(EntryMatch.Flags(message.Flags)).Append(message.Edns is { DnssecOk: true } ? " DO " : " ").Append(EntryMatch.Rcode(message.Rcode));
        foreach (DnsQuestion question in message.Questions)
            text.Append("\nSECTION QUESTION\n").Append(question);
        Section("ANSWER", message.Answers);
        Section("AUTHORITY", message.Authorities);
        Section("ADDITIONAL", message.Additionals);
        foreach (EdnsOption option in message.Edns?.Options ?? [])
        {
            if (option.TryGetExtendedError(out ushort code, out string words))
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n; ede={code} {words}");
        }

        return text.ToString();

        void Section(string name, List<DnsRecord> records)
        {
            if (records.Count == 0)
                return;
            text.Append("\nSECTION ").Append(name);
            foreach (DnsRecord record in records)
                text.Append('\n').Append(record);
        }
    }
}
