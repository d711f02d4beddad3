using System.Text.Json;
using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Cli.Commands;

/// <summary>Where an answer came from, as <c>dns --trace --json</c> says it: the same as the tree.</summary>
internal static class ProvenanceJson
{
    public static void Write(Utf8JsonWriter writer, Traced traced)
    {
        writer.WriteStartObject("provenance");
        writer.WriteString("by", traced.By);
        writer.WriteString("security", (traced.Answer?.Security ?? Security.Unchecked).ToString());
        writer.WriteStartArray("sets");
        foreach (SetProvenance set in traced.Answer?.Sets ?? [])
            Write(writer, set);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, SetProvenance set)
    {
        writer.WriteStartObject();
        writer.WriteString("name", set.Name.ToString());
        writer.WriteString("recordType", DnsMnemonic.Of(set.Type));
        writer.WriteNumber("ttl", set.Ttl);
        writer.WriteString("rank", set.Rank.ToString());
        writer.WriteBoolean("isProof", set.IsProof);
        if (set.Source is { } source)
        {
            writer.WriteStartObject("source");
            writer.WriteString("server", source.Server.ToString());
            writer.WriteString("zone", source.Zone.ToString());
            writer.WriteString("at", source.At.ToString());
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("source");
        }

        writer.WriteString("security", set.Security.ToString());
        writer.WriteString("explanation", set.Explanation);
        writer.WriteNumber("keyTag", set.KeyTag);
        writer.WriteString("algorithm", set.Algorithm);
        writer.WriteStartArray("chain");
        foreach (TrustStep step in set.Chain)
        {
            writer.WriteStartObject();
            writer.WriteString("zone", step.Zone.ToString());
            writer.WriteString("security", step.Security.ToString());
            writer.WriteNumber("keyTag", step.KeyTag);
            writer.WriteString("algorithm", step.Algorithm);
            writer.WriteNumber("digestType", step.DigestType);
            writer.WriteString("explanation", step.Explanation);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
