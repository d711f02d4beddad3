namespace Wirepath.Devices;

/// <summary>A device could not be opened: one sentence that says what was tried, what came back, and what to do.</summary>
public sealed class DeviceException : Exception
{
    public DeviceException(string message)
        : base(message)
    {
    }

    public DeviceException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
