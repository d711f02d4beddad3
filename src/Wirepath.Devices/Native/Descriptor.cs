using Microsoft.Win32.SafeHandles;

namespace Wirepath.Devices;

/// <summary>An owned file descriptor, closed exactly once.</summary>
internal sealed class Descriptor() : SafeHandleMinusOneIsInvalid(ownsHandle: true)
{
    public int Number => (int)handle;

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
