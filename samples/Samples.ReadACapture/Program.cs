// Reads a capture file, pcap or pcapng, and takes its packets apart.
//
// Shown: CaptureReader, which never throws for what a file says but ends with one sentence, and Dissector, which gives each bit of a
// packet exactly one field. Any capture will do: one of Wirepath's own (--pcap FILE), of tcpdump, of Wireshark.
//
//     dotnet run --project samples/Samples.ReadACapture -- FILE [NUMBER]
//
// Without NUMBER one line for each packet; with it, that packet field by field.

using System.Globalization;
using Wirepath.Wire;

if (args.Length is 0 or > 2)
{
    Console.Error.WriteLine("usage: ReadACapture FILE [NUMBER]");
    return 2;
}

int wanted = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 0;
using FileStream file = File.OpenRead(args[0]);
var reader = new CaptureReader(file);
int number = 0;
while (reader.TryReadNext(out CapturedPacket packet))
{
    number++;
    IReadOnlyList<DissectedLayer> layers = Dissector.Dissect(packet.Bytes, packet.LinkType);
    if (wanted == 0)
    {
        string wire = reader.Interfaces[packet.InterfaceId].Name ?? "";
        Console.WriteLine($"{number,5}  {packet.Time.ToDateTimeOffset():HH:mm:ss.ffffff}  {wire,-14} {packet.OriginalLength,5} B  {string.Join(" / ", layers.Select(l => l.Name))}");
    }
    else if (number == wanted)
    {
        foreach (string comment in packet.Comments)
            Console.WriteLine($"comment: {comment}");
        foreach (DissectedLayer layer in layers)
        {
            Console.WriteLine($"{layer.Name}, bytes {layer.Offset} to {layer.Offset + layer.Length - 1}");
            foreach (DissectedField field in layer.Fields)
                Console.WriteLine($"  {field.Name,-24} {field.Value,-28} {field.Meaning}");
        }
    }
}

if (reader.Problem is { } problem)
    Console.Error.WriteLine($"after packet {number}: {problem}");
return reader.Problem is null && number >= wanted ? 0 : 1;
