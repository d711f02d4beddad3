using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain.Tests;

public class WordsTests
{
    public static IEnumerable<Type> Happenings => typeof(Happening).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Happening)) && !t.IsAbstract);

    [Fact]
    public void Every_happening_has_a_sentence_in_both_languages_and_all_its_fields_in_JSON()
    {
        Happenings.Count().ShouldBeGreaterThan(60);
        foreach (Type type in Happenings)
        {
            var what = (Happening)Sample(type, 0);
            string english = EventWords.Describe(what, Language.English);
            string chinese = EventWords.Describe(what, Language.Chinese);
            english.ShouldNotBe(type.Name, type.Name);
            chinese.ShouldNotBe(type.Name, type.Name);
            if (what is Remark)
                continue;
            chinese.ShouldNotBe(english, type.Name);
            english[^1].ShouldBe(what is NavigationFinished ? 't' : '.', english);
            english.Contains("  ", StringComparison.Ordinal).ShouldBeFalse(english);

            using var stream = new MemoryStream();
            using (var json = new Utf8JsonWriter(stream))
            {
                json.WriteStartObject();
                HappeningJson.Write(json, what);
                json.WriteEndObject();
            }

            using JsonDocument document = JsonDocument.Parse(stream.ToArray());
            foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(p => p.Name != "EqualityContract"))
                document.RootElement.TryGetProperty(JsonNamingPolicy.CamelCase.ConvertName(property.Name), out _).ShouldBeTrue($"{type.Name}.{property.Name}");
        }
    }

    [Fact]
    public void Every_term_has_its_own_word_in_both_languages()
    {
        foreach (Words words in new[] { Words.English, Words.Chinese })
        {
            All<PhaseKind>(words.Phase);
            All<NameLevel>(words.Level);
            All<LookupResult>(words.Result);
            All<DropReason>(words.Drop);
            All<RetransmitCause>(words.Retransmit);
            All<SendCause>(words.Send);
            All<CongestionPhase>(words.Congestion);
            All<ConnectionEnd>(words.End);
            All<NameFailure>(words.Name);
            All<ResponseKind>(words.Response);
            All<ListenQueue>(words.Queue);
            All<TcpState>(Words.State);
        }

        static void All<T>(Func<T, string> word)
            where T : struct, Enum
        {
            string[] said = [.. Enum.GetValues<T>().Select(word)];
            said.ShouldAllBe(w => w.Length > 0);
            said.Distinct().Count().ShouldBe(said.Length, typeof(T).Name);
        }
    }

    /// <summary>Every reason can be given for every phase, and reads as one sentence.</summary>
    [Fact]
    public void Verdicts_are_sentences_whatever_they_are_made_of()
    {
        foreach (PhaseKind phase in Enum.GetValues<PhaseKind>())
        {
            foreach (Reason reason in Enum.GetValues<Reason>())
            {
                foreach (double share in new[] { 0.1, 0.3, 0.5, 0.7, 1 })
                {
                    var facts = new DominantFacts(phase, reason, share, LogBuilder.Ms(70), LogBuilder.Ms(100), LogBuilder.Ms(20), LogBuilder.Ms(50), 3);
                    Words.English.Dominant(facts).ShouldMatch(@"^[A-Z].*[^ .:,]\.$");
                    Words.Chinese.Dominant(facts).ShouldMatch(@"^总共 100.0 ms，.*[^，：。]。$");
                }
            }
        }

        Words.English.Dominant(new DominantFacts(PhaseKind.Dns, Reason.NameTimeouts, 0.9, LogBuilder.Ms(90), LogBuilder.Ms(100), default, LogBuilder.Ms(80), 1))
            .ShouldBe("DNS took most of the 100.0 ms: one query went unanswered and cost 80.0 ms.");
    }

    /// <summary>A value for each constructor parameter, so that a new happening is in the test without being asked.</summary>
    internal static object Sample(Type type, int depth)
    {
        depth.ShouldBeLessThan(8);
        if (type == typeof(string))
            return "text";
        if (type == typeof(int) || type == typeof(long) || type == typeof(uint) || type == typeof(ushort) || type == typeof(byte))
            return Convert.ChangeType(7, type, System.Globalization.CultureInfo.InvariantCulture);
        if (type == typeof(bool))
            return true;
        if (type == typeof(TimeSpan))
            return TimeSpan.FromMilliseconds(12.5);
        if (type == typeof(Instant))
            return LogBuilder.Start;
        if (type == typeof(IpAddress))
            return Runs.WebAddress;
        if (type == typeof(IpEndpoint))
            return Runs.Web;
        if (type == typeof(IpPrefix))
            return IpPrefix.Parse("203.0.113.0/24");
        if (type == typeof(MacAddress))
            return new MacAddress(0x020000000001);
        if (type == typeof(DomainName))
            return Runs.Www;
        if (type == typeof(SequenceNumber))
            return new SequenceNumber(4_000_000_000);
        if (type == typeof(TcpOptions))
            return new TcpOptions { HasMss = true, Mss = 1460 };
        if (type == typeof(ReadOnlyMemory<byte>))
            return (ReadOnlyMemory<byte>)Encoding.ASCII.GetBytes("bytes");
        if (type == typeof(DnsRecord))
            return DnsRecord.ForAddress(Runs.Www, 60, Runs.WebAddress);
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(0)!;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            Type element = type.GetGenericArguments()[0];
            var array = Array.CreateInstance(element, 1);
            array.SetValue(Sample(element, depth + 1), 0);
            return array;
        }

        ConstructorInfo constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        return constructor.GetParameters().Length == 0 ? RuntimeHelpers.GetUninitializedObject(type)
            : constructor.Invoke([.. constructor.GetParameters().Select(p => Sample(p.ParameterType, depth + 1))]);
    }
}
