namespace Wirepath.RealWire;

// What needs a test runner; the benchmarks use the rest.
internal sealed partial class NetworkNamespace
{
    /// <summary>Skips the test when namespaces cannot be had; where CI=true is set, nothing is skipped and it fails.</summary>
    public static void Require()
    {
        if (Unavailable is not { } reason)
            return;
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(reason);
        Assert.Skip(reason);
    }
}
