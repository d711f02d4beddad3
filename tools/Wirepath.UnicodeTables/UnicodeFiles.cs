using System.Globalization;
using Wirepath.Url;

namespace Wirepath.UnicodeTables;

/// <summary>The Unicode Character Database and UTS 46, read from their text files.</summary>
internal sealed class UnicodeFiles
{
    public const int CodePoints = 0x110000;

    private readonly string _folder;
    private readonly Dictionary<int, int[]> _canonical = [];

    private UnicodeFiles(string folder)
    {
        _folder = folder;
        Array.Fill(Status, IdnaStatus.Disallowed);
    }

    /// <summary>As IdnaMappingTable.txt names it.</summary>
    public string Version { get; private set; } = "";

    public IdnaStatus[] Status { get; } = new IdnaStatus[CodePoints];

    public NfcQuickCheck[] Nfc { get; } = new NfcQuickCheck[CodePoints];

    public BidiClass[] Bidi { get; } = new BidiClass[CodePoints];

    public JoiningType[] Joining { get; } = new JoiningType[CodePoints];

    public bool[] IsMark { get; } = new bool[CodePoints];

    public byte[] CombiningClass { get; } = new byte[CodePoints];

    /// <summary>Of UTS 46, for mapped code points and deviations.</summary>
    public Dictionary<int, string> Mapping { get; } = [];

    /// <summary>Full canonical decompositions in canonical order; Hangul syllables are not here.</summary>
    public Dictionary<int, string> Decomposition { get; } = [];

    /// <summary>Primary composites: what two code points become.</summary>
    public SortedDictionary<(int First, int Second), int> Composition { get; } = [];

    /// <exception cref="IOException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is not what its name says, or of another version than the others.</exception>
    public static UnicodeFiles Read(string folder)
    {
        var files = new UnicodeFiles(folder);
        files.ReadMappings();
        files.ReadCharacters();
        files.ReadBidi();
        files.ReadJoining();
        files.ReadNormalization();
        return files;
    }

    private void ReadMappings()
    {
        foreach ((int first, int last, string[] fields) in Rows("IdnaMappingTable.txt", header => Version = header.StartsWith("# Version:", StringComparison.Ordinal) ? header[10..].Trim() : Version))
        {
            IdnaStatus status = fields[1] switch
            {
                "valid" => IdnaStatus.Valid,
                "ignored" => IdnaStatus.Ignored,
                "mapped" => IdnaStatus.Mapped,
                "deviation" => IdnaStatus.Deviation,
                "disallowed" => IdnaStatus.Disallowed,
                string other => throw new InvalidDataException($"IdnaMappingTable.txt: the status '{other}' is unknown; files since Unicode 16 are wanted."),
            };
            for (int c = first; c <= last; c++)
            {
                Status[c] = status;
                if (status is IdnaStatus.Mapped or IdnaStatus.Deviation)
                    Mapping[c] = Text(fields.Length > 2 ? fields[2] : "");
            }
        }

        if (Version.Length == 0)
            throw new InvalidDataException("IdnaMappingTable.txt does not say its version.");
    }

    private void ReadCharacters()
    {
        int rangeStart = -1;
        foreach ((int c, int _, string[] fields) in Rows("UnicodeData.txt", _ => { }))
        {
            int from = fields[1].EndsWith("Last>", StringComparison.Ordinal) ? rangeStart : c;
            rangeStart = fields[1].EndsWith("First>", StringComparison.Ordinal) ? c : -1;
            for (int i = from; i <= c; i++)
            {
                IsMark[i] = fields[2][0] == 'M';
                CombiningClass[i] = byte.Parse(fields[3], CultureInfo.InvariantCulture);
            }

            if (fields[5].Length > 0 && fields[5][0] != '<')
                _canonical[c] = [.. fields[5].Split(' ').Select(Hex)];
        }
    }

    private void ReadBidi()
    {
        foreach ((int first, int last, string[] fields) in Missing("DerivedBidiClass.txt").Concat(Rows("DerivedBidiClass.txt", SameVersion("DerivedBidiClass"))))
        {
            BidiClass value = fields[1] switch
            {
                "L" or "Left_To_Right" => BidiClass.L,
                "R" or "Right_To_Left" => BidiClass.R,
                "AL" or "Arabic_Letter" => BidiClass.AL,
                "ET" or "European_Terminator" => BidiClass.ET,
                "AN" => BidiClass.AN,
                "EN" => BidiClass.EN,
                "ES" => BidiClass.ES,
                "CS" => BidiClass.CS,
                "ON" => BidiClass.ON,
                "BN" => BidiClass.BN,
                "NSM" => BidiClass.NSM,
                "B" or "S" or "WS" or "LRE" or "LRO" or "RLE" or "RLO" or "PDF" or "LRI" or "RLI" or "FSI" or "PDI" => BidiClass.Other,
                string other => throw new InvalidDataException($"DerivedBidiClass.txt: the class '{other}' is unknown."),
            };
            Bidi.AsSpan(first, last - first + 1).Fill(value);
        }
    }

    private void ReadJoining()
    {
        foreach ((int first, int last, string[] fields) in Rows("DerivedJoiningType.txt", SameVersion("DerivedJoiningType")))
            Joining.AsSpan(first, last - first + 1).Fill(Enum.Parse<JoiningType>(fields[1]));
    }

    private void ReadNormalization()
    {
        var excluded = new HashSet<int>();
        foreach ((int first, int last, string[] fields) in Rows("DerivedNormalizationProps.txt", SameVersion("DerivedNormalizationProps")))
        {
            for (int c = first; c <= last; c++)
            {
                if (fields[1] == "NFC_QC")
                    Nfc[c] = fields[2] == "N" ? NfcQuickCheck.No : NfcQuickCheck.Maybe;
                else if (fields[1] == "Full_Composition_Exclusion")
                    excluded.Add(c);
            }
        }

        foreach ((int c, int[] parts) in _canonical)
        {
            List<int> full = [];
            Decompose(c, full);
            Order(full);
            Decomposition[c] = string.Concat(full.Select(char.ConvertFromUtf32));
            if (parts.Length == 2 && !excluded.Contains(c))
                Composition[(parts[0], parts[1])] = c;
        }
    }

    private void Decompose(int c, List<int> to)
    {
        if (!_canonical.TryGetValue(c, out int[]? parts))
        {
            to.Add(c);
            return;
        }

        foreach (int part in parts)
            Decompose(part, to);
    }

    private void Order(List<int> points)
    {
        for (int i = 1; i < points.Count; i++)
        {
            for (int j = i; j > 0 && CombiningClass[points[j]] != 0 && CombiningClass[points[j - 1]] > CombiningClass[points[j]]; j--)
                (points[j - 1], points[j]) = (points[j], points[j - 1]);
        }
    }

    private Action<string> SameVersion(string name)
    {
        bool seen = false;
        return header =>
        {
            if (!seen && !header.StartsWith($"# {name}-{Version}.txt", StringComparison.Ordinal))
                throw new InvalidDataException($"{name}.txt begins with '{header}', but IdnaMappingTable.txt is of version {Version}: all files must be of one version.");
            seen = true;
        };
    }

    /// <summary>The <c>@missing</c> lines: what holds for code points that no row names.</summary>
    private IEnumerable<(int First, int Last, string[] Fields)> Missing(string name)
    {
        const string mark = "# @missing:";
        foreach (string line in File.ReadLines(Find(name)).Where(line => line.StartsWith(mark, StringComparison.Ordinal)))
            yield return Row(line[mark.Length..]);
    }

    private IEnumerable<(int First, int Last, string[] Fields)> Rows(string name, Action<string> header)
    {
        foreach (string line in File.ReadLines(Find(name)))
        {
            if (line.StartsWith('#'))
                header(line);
            string text = line.Split('#')[0];
            if (text.AsSpan().Trim().Length > 0)
                yield return Row(text);
        }
    }

    private static (int First, int Last, string[] Fields) Row(string text)
    {
        string[] fields = text.Split(';', StringSplitOptions.TrimEntries);
        string[] range = fields[0].Split("..");
        return (Hex(range[0]), Hex(range[^1]), fields);
    }

    private string Find(string name) =>
        Directory.EnumerateFiles(_folder, name, SearchOption.AllDirectories).FirstOrDefault() ?? throw new FileNotFoundException($"There is no {name} in '{_folder}'.");

    private static string Text(string points) => string.Concat(points.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(point => char.ConvertFromUtf32(Hex(point))));

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
