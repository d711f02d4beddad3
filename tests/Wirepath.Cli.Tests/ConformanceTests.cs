using System.Text.Json;

namespace Wirepath.Cli.Tests;

/// <summary><c>wirepath conformance</c>: one line for each script, a sum, and an exit code that a CI can go by.</summary>
public sealed class ConformanceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wirepath-scripts").FullName;

    private static string Own => Path.Combine(AppContext.BaseDirectory, "Scripts");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private static string[] Lines(CommandRun run) => run.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void Own_scripts_pass_and_the_folder_is_walked_in_order()
    {
        CommandRun run = CommandRun.Of("conformance", "tcp", Own);
        run.Code.ShouldBe(0, run.Text);
        string[] lines = Lines(run);
        lines[^1].ShouldBe($"{lines.Length - 1} passed, 0 failed, 0 skipped");
        lines.SkipLast(1).ShouldAllBe(l => l.StartsWith("pass  "));
        lines.SkipLast(1).ShouldBe(lines.SkipLast(1).Order(StringComparer.Ordinal));
        lines.Length.ShouldBeGreaterThan(4);
        run.Error.ShouldBeEmpty();
    }

    [Fact]
    public void Each_script_has_its_line_with_place_and_reason()
    {
        Write("a/fails.pkt", "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 close(4) = 0\n");
        Write("b/skips.pkt", "// Nobody here can.\n`reboot`\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n");
        Write("c/no-script.pkt", "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 > X. 1:1(0)\n");
        Write("d/passes.pkt", "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n");
        Write("d/notes.txt", "not a script");
        CommandRun run = CommandRun.Of("conformance", "tcp", _folder);
        run.Code.ShouldBe(1);
        Lines(run).ShouldBe([
            $"fail  {_folder}/a/fails.pkt:2  expected close(4) = 0; came -1 EBADF",
            $"skip  {_folder}/b/skips.pkt:2  needs: the command 'reboot'",
            $"fail  {_folder}/c/no-script.pkt:2  column 6: Flags are of F S R P . U E W A 0-7, or - for none, not 'X'",
            $"pass  {_folder}/d/passes.pkt",
            "1 passed, 2 failed, 1 skipped",
        ]);
        CommandRun.Of("conformance", "tcp", _folder, "--filter", "b/").Code.ShouldBe(0, "a skip is no failure");
    }

    [Fact]
    public void A_file_beside_the_script_is_found_and_a_definition_is_heard()
    {
        Write("common/settings.sh", "sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0\n");
        string script = Write("tcp/x.pkt", """
            `../common/settings.sh`
            0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
            +0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
            +0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
            +0 > S 0:0(0) <mss WANTED,nop,wscale 7>
            """);
        CommandRun.Of("conformance", "tcp", script, "--define", "WANTED=1460").Text.ShouldContain("1 passed");
        CommandRun.Of("conformance", "tcp", script, "-D", "WANTED=1400").Text.ShouldContain("came other options: > S 0:0(0) win 64240 <mss 1460,nop,wscale 7>");
        CommandRun.Of("conformance", "tcp", script).Text.ShouldContain("not 'WANTED'");
        CommandRun.Of("conformance", "tcp", script, "--define", "WANTED=1460", "--ip-version", "ipv6").Text.ShouldContain("1 passed", Case.Sensitive, "the MTU is such that TCP sees the same");
    }

    [Fact]
    public void Verbose_shows_the_exchange_and_json_all_of_it_for_machines()
    {
        string script = Directory.GetFiles(Path.Combine(Own, "rfc1337")).First();
        CommandRun run = CommandRun.Of("conformance", "tcp", "-v", script);
        run.Text.ShouldContain("> S. 0:0(0) ack 1");
        Lines(run)[^2].ShouldStartWith("pass");

        CommandRun json = CommandRun.Of("conformance", "tcp", "--json", "-v", script, Write("bad.pkt", "0 close(9) = 0"));
        json.Code.ShouldBe(1);
        IReadOnlyList<JsonElement> lines = json.JsonLines();
        lines.Select(l => l.GetProperty("type").GetString()).ShouldBe(["script", "script", "conformance"]);
        lines[0].GetProperty("verdict").GetString().ShouldBe("pass");
        lines[0].GetProperty("steps").GetArrayLength().ShouldBeGreaterThan(5);
        (lines[1].GetProperty("line").GetInt32(), lines[1].GetProperty("expected").GetString(), lines[1].GetProperty("came").GetString()).ShouldBe((1, "close(9) = 0", "-1 EBADF"));
        lines[2].GetProperty("failed").GetInt32().ShouldBe(1);
    }

    [Fact]
    public void Url_cases_that_fail_have_their_place_what_was_expected_and_what_came()
    {
        Write("resources/urltestdata.json", """
            ["a comment",
             { "input": "HTTP://A/", "base": null, "href": "http://a/", "hash": "" },
             { "input": "x", "base": "http://a/b", "href": "http://a/y" },
             { "input": "http://a/", "base": null, "failure": true },
             { "input": "http://\uD800/", "base": null, "failure": true }]
            """);
        Write("resources/setters_tests-more.json", """
            { "comment": ["?"], "port": [
              { "href": "http://a/", "new_value": "8x", "expected": { "port": "8", "host": "a:8" } },
              { "href": "http://a/", "new_value": "x", "expected": { "port": "x" } }] }
            """);
        Write("resources/toascii.json", """[{ "input": "B\u00FC.de", "output": "xn--b-eha.de" }, { "input": "\u00A0", "output": "\u0061" }, { "input": "", "output": "" }]""");
        Write("resources/percent-encoding.json", """[{ "input": "\u00E9", "output": { "utf-8": "%C3%A9", "windows-1252": "%E9" } }, { "input": "\u00E9", "output": { "no-such": "" } }]""");
        Write("other.json", "{");
        CommandRun run = CommandRun.Of("conformance", "url", _folder);
        run.Code.ShouldBe(1);
        Lines(run).ShouldBe([
            $"fail  {_folder}/resources/percent-encoding.json:1  \"é\"  no-such: expected \"\", got no such encoding",
            $"fail  {_folder}/resources/setters_tests-more.json:3  port of \"http://a/\" set to \"x\"  port: expected \"x\", got \"\"",
            $"fail  {_folder}/resources/toascii.json:1  \"\u00A0\"  host: expected \"a\", got failure",
            $"fail  {_folder}/resources/urltestdata.json:3  \"x\" against \"http://a/b\"  href: expected \"http://a/y\", got \"http://a/x\"",
            $"fail  {_folder}/resources/urltestdata.json:4  \"http://a/\"  parse: expected failure, got \"http://a/\"",
            "6 passed, 5 failed, 0 skipped",
        ]);
        Lines(CommandRun.Of("conformance", "url", "-v", "--filter", "toascii.json:1", _folder)).Length.ShouldBe(4);

        CommandRun json = CommandRun.Of("conformance", "url", "--json", "--filter", "setters", _folder);
        json.JsonLines().Select(l => l.GetProperty("type").GetString()).ShouldBe(["case", "conformance"]);
        (json.JsonLines()[0].GetProperty("what").GetString(), json.JsonLines()[0].GetProperty("expected").GetString()).ShouldBe(("port", "\"x\""));
        CommandRun.Of("conformance", "url", Write("one.json", """[{ "input": "//b", "base": "http://a/", "href": "http://b/" }]""")).Text.ShouldBe("1 passed, 0 failed, 0 skipped\n");
    }

    [Fact]
    public void Unicodes_own_test_of_names_is_read_too()
    {
        Write("IdnaTestV2.txt", """
            # A comment
            fa\u00DF.de; faß.de; ; xn--fa-hia.de; ; fass.de; # faß.de
            a\x{200C}b; a\u200Cb; [C1]; xn--ab-j1t; ; ab; [] #
            A..b; a..b; [X4_2]; ; [A4_2]; ; # a..b
            B; c; ; ; ; ; # wrong
            """);
        CommandRun run = CommandRun.Of("conformance", "url", _folder);
        Lines(run).ShouldBe([$"fail  {_folder}/IdnaTestV2.txt:5  \"B\"  toUnicode: expected \"c\", got \"b\"", "3 passed, 1 failed, 0 skipped"]);
    }

    // What a file is that cannot be read, and what is said of it.
    [Theory]
    [InlineData("urltestdata.json", "[{ \"input\": \"x\",\n \"base\": }]", "/urltestdata.json:2: ")]
    [InlineData("urltestdata.json", "[\n{ \"base\": null, \"href\": \"x:\" }]", "/urltestdata.json:2: The case has no 'input'.")]
    [InlineData("urltestdata.json", "[\n{ \"input\": \"\", \"base\": 1, \"href\": \"x:\" }]", "/urltestdata.json:2: 'base' is no text.")]
    [InlineData("urltestdata.json", "[\n{ \"input\": \"\" }]", "/urltestdata.json:2: The case says neither 'failure' nor what is expected.")]
    [InlineData("urltestdata.json", "[1]", "/urltestdata.json:1: A case is an object.")]
    [InlineData("urltestdata.json", "{}", "/urltestdata.json:1: An array of cases was expected.")]
    [InlineData("setters_tests.json", "[]", "/setters_tests.json:1: An object with a list for each attribute was expected.")]
    [InlineData("setters_tests.json", "{\n\"host\": {} }", "/setters_tests.json:2: The cases of 'host' are not an array.")]
    [InlineData("unknown.json", "[{}]", "/unknown.json:1: This is none of the shapes that are known.")]
    [InlineData("IdnaTestV2.txt", "# ?\na; b", "/IdnaTestV2.txt:2: A line has seven fields with semicolons between them.")]
    [InlineData("toascii.json", "", "/toascii.json:1: ")]
    [InlineData("toascii.json", "[", "/toascii.json:1: ")]
    [InlineData("toascii.json", "[]", "there are no cases in these files.")]
    public void A_file_that_is_no_test_is_named_with_its_line(string name, string text, string sentence)
    {
        CommandRun run = CommandRun.Of("conformance", "url", Write(name, text));
        run.Code.ShouldBe(2);
        run.Told.ShouldContain(sentence);
        run.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("conformance", "'wirepath conformance' needs a PROTOCOL, for example: wirepath conformance tcp tests/")]
    [InlineData("conformance tcp", "'wirepath conformance' needs a PATH, for example: wirepath conformance tcp tests/")]
    [InlineData("conformance udp /tmp", "there are no tests of 'udp'; the protocol is tcp, dns or url (or seed, for random worlds).")]
    [InlineData("conformance tcp /no/such/path", "there is no file or folder '/no/such/path'.")]
    [InlineData("conformance tcp /proc/self/fdinfo", "there are no scripts (*.pkt) in '/proc/self/fdinfo'.")]
    [InlineData("conformance url /no/such/path", "there is no file or folder '/no/such/path'.")]
    [InlineData("conformance url /proc/self/fdinfo", "there are no URL tests in '/proc/self/fdinfo': no urltestdata.json, setters_tests.json, toascii.json, percent-encoding.json or IdnaTestV2.json.")]
    [InlineData("conformance tcp --ip-version ipv5 /tmp", "--ip-version: 'ipv5' is not one of ipv4, ipv4-mapped-ipv6, ipv6.")]
    [InlineData("conformance tcp --define MSS /tmp", "--define: 'MSS' is not NAME=VALUE, such as MSS=1000.")]
    [InlineData("conformance tcp --fliter x /tmp", "there is no option '--fliter'; did you mean '--filter'?")]
    public void A_wrong_line_is_named_in_one_sentence(string line, string sentence)
    {
        CommandRun run = CommandRun.Of(line.Split(' '));
        run.Code.ShouldBe(2);
        run.Told.ShouldContain(sentence);
        run.Output.ShouldBeEmpty();
    }

    private const string PlayStart = "forward-zone: name: . forward-addr: 192.0.2.1\nCONFIG_END\nSCENARIO_BEGIN A play\n";

    private const string PlayServer = "RANGE_BEGIN 0 9\nENTRY_BEGIN\nMATCH opcode\nADJUST copy_id copy_query\nREPLY QR RD RA NOERROR\nSECTION QUESTION\na. IN A\nSECTION ANSWER\na. IN A 192.0.2.7\nENTRY_END\nRANGE_END\n"
        + "STEP 1 QUERY\nENTRY_BEGIN\nREPLY RD\nSECTION QUESTION\na. IN A\nENTRY_END\n";

    private static string PlayCheck(string reply) => $"STEP 5 CHECK_ANSWER\nENTRY_BEGIN\nMATCH all\nREPLY {reply}\nSECTION QUESTION\na. IN A\nSECTION ANSWER\na. IN A 192.0.2.7\nENTRY_END\nSCENARIO_END\n";

    [Fact]
    public void Each_scenario_has_its_line_with_the_step_and_the_difference()
    {
        Write("a/fails.rpl", PlayStart + PlayServer + PlayCheck("QR RD RA AD NOERROR"));
        Write("b/skips.rpl", PlayStart + "STEP 1 RESTART\nSCENARIO_END\n");
        Write("c/no-scenario.rpl", "server:\n  prefetsh: yes\nCONFIG_END\n");
        Write("d/passes.rpl", PlayStart + PlayServer + PlayCheck("QR RD RA NOERROR"));
        CommandRun run = CommandRun.Of("conformance", "dns", _folder);
        run.Code.ShouldBe(1);
        Lines(run).ShouldBe([
            $"fail  {_folder}/a/fails.rpl:21  step 5 CHECK_ANSWER: flags: expected QR RD RA AD; came QR RD RA",
            $"skip  {_folder}/b/skips.rpl:4  needs: RESTART: a restart in the middle",
            $"fail  {_folder}/c/no-scenario.rpl:2  column 3: 'server:' has no key 'prefetsh:'; did you mean 'prefetch'?",
            $"pass  {_folder}/d/passes.rpl",
            "1 passed, 2 failed, 1 skipped",
        ]);
        CommandRun.Of("conformance", "dns", _folder, "--filter", "d/").Code.ShouldBe(0);
    }

    [Fact]
    public void A_scenario_tells_what_was_asked_and_said_when_asked_to()
    {
        string fails = Write("fails.rpl", PlayStart + PlayServer + PlayCheck("QR RD RA AD NOERROR"));
        CommandRun run = CommandRun.Of("conformance", "dns", "-v", fails);
        run.Text.ShouldContain("→ a. IN A");
        run.Text.ShouldContain("← 192.0.2.1 line 5: QR RD RA NOERROR 1/0/0");
        run.Text.ShouldContain("      came:\n        REPLY QR RD RA NOERROR\n        SECTION QUESTION\n        a. IN A\n");
        using JsonDocument line = JsonDocument.Parse(Lines(CommandRun.Of("conformance", "dns", "--json", fails))[0]);
        line.RootElement.GetProperty("verdict").GetString().ShouldBe("fail");
        line.RootElement.GetProperty("step").GetString().ShouldBe("step 5 CHECK_ANSWER");
        line.RootElement.GetProperty("differences")[0].GetString().ShouldBe("flags: expected QR RD RA AD; came QR RD RA");
    }
}
