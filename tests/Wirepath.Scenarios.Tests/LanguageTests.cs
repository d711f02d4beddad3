namespace Wirepath.Scenarios.Tests;

public class LanguageTests
{
    private const string Config = """
        server:
            qname-minimisation: no
            target-fetch-policy: "0 0 0 0 0"
        forward-zone: name: "." forward-addr: 192.0.2.1
        CONFIG_END
        SCENARIO_BEGIN A test
        """;

    private const string Server = """
        RANGE_BEGIN 0 100
            ADDRESS 192.0.2.1
        ENTRY_BEGIN
        MATCH opcode qtype qname
        ADJUST copy_id
        REPLY QR RD RA NOERROR
        SECTION QUESTION
        www.example.com. IN A
        SECTION ANSWER
        www.example.com. IN A 198.51.100.1
        ENTRY_END
        RANGE_END
        """;

    private const string Ask = """
        STEP 1 QUERY
        ENTRY_BEGIN
        REPLY RD
        SECTION QUESTION
        www.example.com. IN A
        ENTRY_END
        """;

    [Theory]
    [InlineData("SCENARIO_BEGIN x", 1, 1, "SCENARIO_END")]
    [InlineData("server:\n prefetsh: yes\nCONFIG_END\nSCENARIO_BEGIN x\nSCENARIO_END", 2, 2, "did you mean 'prefetch'?")]
    [InlineData("server:\n ; a comment\n ede: maybe\nCONFIG_END\nSCENARIO_BEGIN x\nSCENARIO_END", 3, 7, "'maybe' is not yes or no")]
    [InlineData("server:", 1, 1, "no CONFIG_END")]
    [InlineData("CONFIG_END\nSTEP 1 NOTHING", 2, 1, "SCENARIO_BEGIN is expected")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nSTEP 1 QERY\nSCENARIO_END", 3, 8, "did you mean 'QUERY'?")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nSTEP one QUERY\nSCENARIO_END", 3, 6, "'one' is not a number")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nSTEP 1 QUERY\nSCENARIO_END", 3, 8, "needs an entry")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nSTEP 1 CHECK_ANSWER\nENTRY_BEGIN\nMATCH qname qtpye\nENTRY_END\nSCENARIO_END", 5, 13, "did you mean 'qtype'?")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nSTEP 1 CHECK_ANSWER\nENTRY_BEGIN\nREPLY QR NOEROR\nENTRY_END\nSCENARIO_END", 5, 10, "did you mean 'NoError'?")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nSTEP 1 CHECK_ANSWER\nENTRY_BEGIN\nADJUST copy_qurey\nENTRY_END\nSCENARIO_END", 5, 8, "did you mean 'copy_query'?")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nSTEP 1 CHECK_ANSWER\nENTRY_BEGIN\nSECTION ANSWERS\nENTRY_END\nSCENARIO_END", 5, 9, "QUESTION, ANSWER, AUTHORITY or ADDITIONAL")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nSTEP 1 CHECK_ANSWER\nENTRY_BEGIN\nSECTION ANSWER\n  a. IN A 192.0.2\nENTRY_END\nSCENARIO_END", 6, 11, "not an IPv4 address")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nSTEP 1 CHECK_ANSWER\nENTRY_BEGIN\nSECTION QUESTION\na. IN\nENTRY_END\nSCENARIO_END", 6, 4, "a name, a class and a type")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nSTEP 1 CHECK_ANSWER\nENTRY_BEGIN\na. IN A\nENTRY_END\nSCENARIO_END", 5, 1, "MATCH, ADJUST, REPLY, SECTION")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nSTEP 1 CHECK_ANSWER\nENTRY_BEGIN\nMATCH all\nSCENARIO_END", 6, 1, "MATCH, ADJUST")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nRANGE_BEGIN 1\nRANGE_END\nSCENARIO_END", 3, 13, "first and the last step")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nRANGE_BEGIN 1 2\nADDRESS 1.2.3\nRANGE_END\nSCENARIO_END", 4, 9, "not an address")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nRANGE_BEGIN 1 2\nSCENARIO_END", 4, 1, "ADDRESS, ENTRY_BEGIN or RANGE_END")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nSTEP 1 CHECK_ANSWER\nENTRY_BEGIN\nSECTION ADDITIONAL\nHEX_EDNSDATA_BEGIN\n00 0g\nHEX_EDNSDATA_END\nENTRY_END\nSCENARIO_END", 7, 4, "not hexadecimal")]
    [InlineData("CONFIG_END\nSCENARIO_BEGIN x\nSTEP 1 CHECK_ANSWER\nENTRY_BEGIN\nHEX_EDNSDATA_BEGIN\n00 0a 00 09 01\nHEX_EDNSDATA_END\nENTRY_END\nSCENARIO_END", 5, 1, "cut short")]
    public void What_is_no_scenario_says_where_and_what_was_expected(string text, int line, int column, string expected)
    {
        Scenario.TryParse(text, "bad.rpl", out _, out ScenarioError? error).ShouldBeFalse();
        error!.ToString().ShouldContain(expected);
        (error.Line, error.Column).ShouldBe((line, column), error.ToString());
    }

    [Fact]
    public void An_answer_as_it_says_passes() => Run(Server, Ask, Check("MATCH all", "REPLY QR RD RA NOERROR", "www.example.com. IN A 198.51.100.1")).ShouldBeOfType<ScenarioPassed>();

    [Theory]
    [InlineData("MATCH all", "REPLY QR RD RA AD NOERROR", "www.example.com. IN A 198.51.100.1", "flags: expected QR RD RA AD; came QR RD RA")]
    [InlineData("MATCH all", "REPLY QR RD RA NXDOMAIN", "www.example.com. IN A 198.51.100.1", "rcode: expected NXDOMAIN; came NOERROR")]
    [InlineData("MATCH all", "REPLY QR RD RA NOERROR", "www.example.com. IN A 198.51.100.2", "answer: expected www.example.com. 3600 IN A 198.51.100.2; answer: came www.example.com. 3600 IN A 198.51.100.1")]
    [InlineData("MATCH all ttl", "REPLY QR RD RA NOERROR", "www.example.com. 60 IN A 198.51.100.1", "answer: expected www.example.com. 60 IN A 198.51.100.1; answer: came www.example.com. 3600 IN A 198.51.100.1")]
    [InlineData("MATCH all", "REPLY QR RD RA DO NOERROR", "www.example.com. IN A 198.51.100.1", "expected the DO bit")]
    [InlineData("MATCH rcode TCP", "REPLY QR RD RA NOERROR", "www.example.com. IN A 198.51.100.1", "expected over TCP; came over UDP")]
    [InlineData("MATCH rcode ede=22", "REPLY QR RD RA NOERROR", "www.example.com. IN A 198.51.100.1", "extended error: expected 22; came none")]
    public void What_is_different_is_said_in_the_formats_words(string match, string reply, string record, string difference)
    {
        ScenarioFailed failed = Run(Server, Ask, Check(match, reply, record)).ShouldBeOfType<ScenarioFailed>();
        failed.Step.ShouldBe("step 10 CHECK_ANSWER");
        string.Join("; ", failed.Differences).ShouldBe(difference);
        failed.Came.ShouldContain("SECTION ANSWER\nwww.example.com. 3600 IN A 198.51.100.1");
    }

    [Fact]
    public void A_query_that_nobody_answers_fails_the_check_and_is_named()
    {
        ScenarioFailed failed = Run("", Ask, Check("MATCH all", "REPLY QR", "www.example.com. IN A 198.51.100.1")).ShouldBeOfType<ScenarioFailed>();
        failed.Differences[0].ShouldBe("no answer has come");
        failed.Differences[1].ShouldStartWith("nobody answers www.example.com. IN A");
        failed.Differences[1].ShouldEndWith("to 192.0.2.1");
    }

    [Fact]
    public void What_is_left_over_at_the_end_fails_it()
    {
        Run(Server, Ask, "STEP 2 TRAFFIC").ToString().ShouldContain("an answer is left that no step has asked for");
        Run("", Ask).ToString().ShouldContain("nobody has answered www.example.com. IN A");
    }

    [Fact]
    public void A_range_holds_for_its_steps_and_addresses_only()
    {
        string check = Check("MATCH all", "REPLY QR RD RA NOERROR", "www.example.com. IN A 198.51.100.1");
        Run(Server.Replace("0 100", "11 100"), Ask, check).ShouldBeOfType<ScenarioFailed>();
        Run(Server.Replace("0 100", "0 9"), Ask, check).ShouldBeOfType<ScenarioFailed>();
        Run(Server.Replace("192.0.2.1", "192.0.2.9"), Ask, check).ShouldBeOfType<ScenarioFailed>();
        Run(Server.Replace("ADDRESS 192.0.2.1", "ADDRESS 192.0.2.9\nADDRESS 192.0.2.1"), Ask, check).ShouldBeOfType<ScenarioPassed>();
    }

    [Fact]
    public void A_waiting_query_is_seen_and_answered_by_steps()
    {
        string out_ = "STEP 2 CHECK_OUT_QUERY\nENTRY_BEGIN\nMATCH qname qtype opcode\nSECTION QUESTION\nwww.example.com. IN A\nENTRY_END";
        string reply = "STEP 3 REPLY\nENTRY_BEGIN\nREPLY QR RA NOERROR\nSECTION QUESTION\nwww.example.com. IN A\nSECTION ANSWER\nwww.example.com. IN A 198.51.100.7\nENTRY_END";
        Run("", Ask, out_, reply, Check("MATCH answer", "REPLY", "www.example.com. IN A 198.51.100.7")).ShouldBeOfType<ScenarioPassed>();
        Run("", Ask, out_.Replace("IN A", "IN MX"), reply).ToString().ShouldContain("expected www.example.com. IN MX noedns to be sent");
    }

    [Fact]
    public void Time_passes_by_numbers_and_by_sums()
    {
        string again = Ask.Replace("STEP 1", "STEP 30");
        string check = Check("MATCH all ttl", "REPLY QR RD RA NOERROR", "www.example.com. 3570 IN A 198.51.100.1").Replace("STEP 10", "STEP 40");
        string first = Check("MATCH all", "REPLY QR RD RA NOERROR", "www.example.com. IN A 198.51.100.1");
        Run(Server, Ask, first, "STEP 20 TIME_PASSES ELAPSE 30", again, check).ShouldBeOfType<ScenarioPassed>();
        Run(Server, Ask, first, "STEP 19 ASSIGN half = 15", "STEP 20 TIME_PASSES EVAL ${$half + 15}", again, check).ShouldBeOfType<ScenarioPassed>();
        Run(Server, Ask, first, "STEP 20 TIME_PASSES EVAL ${nothing}").ToString().ShouldContain("'nothing' is neither a number nor a variable");
    }

    [Fact]
    public void Another_dialect_without_clauses_is_read_too()
    {
        string text = $"""
                ; no clause
                stub-addr: 192.0.2.1 # the root
                do-ip6: no
                query-minimization: off
            CONFIG_END
            SCENARIO_BEGIN Without clauses
            RANGE_BEGIN 0 100
                ADDRESS 192.0.2.1
            ENTRY_BEGIN
            match subdomain,opcode
            adjust copy_id copy_query
            reply qr aa noerror
            section question
            . IN A
            section answer
            www.example.com. IN A 198.51.100.1
            entry_end
            RANGE_END
            {Ask}
            {Check("MATCH rcode answer", "REPLY QR RD RA NOERROR", "www.example.com. A 198.51.100.1")}
            SCENARIO_END
            """;
        Scenario.TryParse(text, "dialect", out Scenario? scenario, out ScenarioError? error).ShouldBeTrue(error?.ToString());
        ScenarioResult result = ScenarioRunner.Run(scenario!);
        result.ShouldBeOfType<ScenarioPassed>(result.ToString());
    }

    [Fact]
    public void What_needs_another_programs_files_is_skipped_with_the_reason()
    {
        ScenarioSkipped skipped = Run("", "STEP 1 CHECK_AUTOTRUST example.com\nFILE_BEGIN\n; state\nFILE_END").ShouldBeOfType<ScenarioSkipped>();
        skipped.Line.ShouldBe(8);
        skipped.Reason.ShouldStartWith("CHECK_AUTOTRUST:");
    }

    [Theory]
    [InlineData("view:\n name: inside\n local-zone: a. static\nserver:\n ede: no", "'view': all clients see the same names")]
    [InlineData("server:\n access-control-tag: 192.0.2.0/24 \"a\"", "'access-control-tag': all clients see the same names: there are no tags and views")]
    [InlineData("server:\n module-config: \"subnetcache validator iterator\"", "'subnetcache': the module subnetcache is not there")]
    public void What_the_configuration_asks_for_in_vain_is_a_reason_to_skip(string configuration, string reason)
    {
        Scenario.TryParse($"{configuration}\nCONFIG_END\nSCENARIO_BEGIN x\nSTEP 1 QERY\nSCENARIO_END", "bad", out _, out ScenarioError? error).ShouldBeFalse("a skip does not hide that it is no scenario");
        Scenario.TryParse($"{configuration}\nCONFIG_END\nSCENARIO_BEGIN x\n{Ask}\nSCENARIO_END", "test", out Scenario? scenario, out error).ShouldBeTrue(error?.ToString());
        ScenarioRunner.Run(scenario!).ShouldBeOfType<ScenarioSkipped>().Reason.ShouldBe(reason);
    }

    [Fact]
    public void Trust_anchors_may_come_out_of_a_file_of_the_scenario()
    {
        const string Anchor = "server:\n trust-anchor-file:\nTEMPFILE_NAME keys\nTEMPFILE_CONTENTS keys\n; the island\n{0}\nTEMPFILE_END\n";
        string good = Anchor.Replace("{0}", "example.com. 3600 IN DS 2854 3 1 46e4ffc6e9a4793b488954bd3f0cc6af0dfb201b") + Config;
        Scenario.TryParse($"{good}\nSTEP 1 NOTHING\nSCENARIO_END", "test", out Scenario? scenario, out ScenarioError? error).ShouldBeTrue(error?.ToString());
        ScenarioRunner.Run(scenario!).ShouldBeOfType<ScenarioPassed>();
        Scenario.TryParse($"{good.Replace("TEMPFILE_NAME keys", "TEMPFILE_NAME kees")}\nSTEP 1 NOTHING\nSCENARIO_END", "test", out _, out error).ShouldBeFalse();
        error!.Message.ShouldContain("no TEMPFILE_CONTENTS for the file 'tempfile:kees'");
    }

    [Fact]
    public void An_entry_may_be_mandatory_or_silence()
    {
        string check = Check("MATCH all", "REPLY QR RD RA NOERROR", "www.example.com. IN A 198.51.100.1");
        string unused = "RANGE_BEGIN 0 100\nADDRESS 192.0.2.8\nENTRY_BEGIN\nMANDATORY\nMATCH opcode\nREPLY QR\nENTRY_END\nRANGE_END";
        Run(Server.Replace("MATCH opcode", "MANDATORY\nMATCH opcode"), Ask, check).ShouldBeOfType<ScenarioPassed>();
        ScenarioFailed failed = Run(Server, unused, Ask, check).ShouldBeOfType<ScenarioFailed>();
        failed.Differences.ShouldBe(["this entry is mandatory, and no query was answered with it"]);
        Run(Server.Replace("copy_id", "do_not_answer"), Ask, Check("MATCH rcode", "REPLY SERVFAIL", "www.example.com. IN A 198.51.100.1")).ShouldBeOfType<ScenarioPassed>();
    }

    [Fact]
    public void The_same_scenario_takes_the_same_way_every_time()
    {
        string[] first = Steps();
        first.Length.ShouldBeGreaterThan(4);
        Steps().ShouldBe(first);

        static string[] Steps()
        {
            var steps = new List<string>();
            ScenarioRunner.Run(Parse(Server, Ask, Check("MATCH all", "REPLY QR RD RA NOERROR", "www.example.com. IN A 198.51.100.1")), s => steps.Add(s.ToString()));
            return [.. steps];
        }
    }

    private static string Check(string match, string reply, string record) =>
        $"STEP 10 CHECK_ANSWER\nENTRY_BEGIN\n{match}\n{reply}\nSECTION QUESTION\nwww.example.com. IN A\nSECTION ANSWER\n{record}\nENTRY_END";

    private static ScenarioResult Run(params string[] parts) => ScenarioRunner.Run(Parse(parts));

    private static Scenario Parse(params string[] parts)
    {
        string text = string.Join('\n', [Config, .. parts, "SCENARIO_END"]);
        Scenario.TryParse(text, "test", out Scenario? scenario, out ScenarioError? error).ShouldBeTrue(error?.ToString());
        return scenario!;
    }
}
