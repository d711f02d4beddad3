using System.Runtime.InteropServices;

namespace Wirepath.Devices;

/// <summary>An owned file descriptor, closed exactly once.</summary>
internal sealed class Descriptor() : SafeHandle(invalidHandleValue: -1, ownsHandle: true)
{
    public int Number => (int)handle;

    // C returns an int: of the register's upper half nothing is promised, and -1 need not be -1 as a native integer.
    public override bool IsInvalid => Number < 0;

    protected override bool ReleaseHandle() => Libc.Close(Number) == 0;
}
