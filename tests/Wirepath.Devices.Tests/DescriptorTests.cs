using System.Runtime.InteropServices;

namespace Wirepath.Devices.Tests;

public sealed class DescriptorTests
{
    [Fact]
    public void What_could_not_be_opened_is_seen_as_invalid_and_the_reason_is_kept()
    {
        using Descriptor nothing = Libc.Open("/nowhere/at/all", Libc.OpenReadWrite);
        Marshal.GetLastPInvokeError().ShouldBe(Errno.NoEntry);
        nothing.IsInvalid.ShouldBeTrue();
    }
}
