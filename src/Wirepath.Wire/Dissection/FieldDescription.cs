namespace Wirepath.Wire;

/// <summary>One field of a format, as the RFC's figure draws it.</summary>
/// <param name="Name">The RFC's own name.</param>
/// <param name="BitOffset">From the start of the header, most significant bit first.</param>
/// <param name="BitWidth">Bits.</param>
/// <param name="Meaning">What it says, in one line.</param>
public sealed record FieldDescription(string Name, int BitOffset, int BitWidth, string Meaning)
{
    internal FieldNotation Notation { get; init; }
}

/// <summary>How the value of a field is written.</summary>
internal enum FieldNotation
{
    Decimal,
    Hexadecimal,
    Mac,
    Address,
    Bytes,
}

/// <summary>A field of a frame with its value.</summary>
/// <param name="Name">The format's own name; options are <c>Option MSS</c> and so on.</param>
/// <param name="BitOffset">From the start of the layer.</param>
/// <param name="BitWidth">Bits.</param>
/// <param name="Value">The value for people: a number, an address, a name, "correct" behind a checksum.</param>
/// <param name="Meaning">What the field says, in one line.</param>
public sealed record DissectedField(string Name, int BitOffset, int BitWidth, string Value, string Meaning);

/// <summary>One layer of a frame. Its fields lie side by side and cover it without a gap.</summary>
/// <param name="Name">Ethernet, VLAN, ARP, IPv4, IPv6, ICMP, UDP, TCP, DNS, DHCP, HTTP, TLS, Data, Padding; behind "Quoted " what an ICMP error quotes.</param>
/// <param name="Offset">Bytes from the start of the frame.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Fields">In the order of the wire.</param>
public sealed record DissectedLayer(string Name, int Offset, int Length, IReadOnlyList<DissectedField> Fields);
