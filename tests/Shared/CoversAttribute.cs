namespace Wirepath.Tests;

/// <summary>
/// The requirement that would be broken where this test fails: docs/tcp-conformance.md is made from these. Scripts say the same in a
/// comment, <c>// Covers: RFC 9293 MUST-14</c>.
/// </summary>
/// <param name="document">As the catalogue has it: "RFC 9293".</param>
/// <param name="requirement">Its name there: "MUST-14".</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class CoversAttribute(string document, string requirement) : Attribute
{
    public string Document => document;

    public string Requirement => requirement;
}
