namespace Wirepath.Tcp;

/// <summary>How the text behind a Linux <c>sysctl</c> name is read.</summary>
public enum SysctlUnit
{
    /// <summary>A plain number.</summary>
    Count,
    /// <summary>0 or 1.</summary>
    Switch,
    Bytes,
    /// <summary>Told apart in steps of 100.</summary>
    Nanoseconds,
    Microseconds,
    Milliseconds,
    Seconds,
    /// <summary>Three sizes in bytes: <c>min default max</c>, a <see cref="BufferSizes"/>.</summary>
    BufferSizes,
    Text,
}

/// <summary>The name under which Linux knows the setting, and how its value is written there.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SysctlAttribute(string name, SysctlUnit unit) : Attribute
{
    public string Name { get; } = name;

    public SysctlUnit Unit { get; } = unit;
}
