using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Wirepath.Tcp;

namespace Wirepath.Stack;

/// <summary>A setting under its Linux name. <paramref name="Value"/> is written as <c>sysctl</c> would.</summary>
public readonly record struct SysctlEntry(string Name, string Value, SysctlUnit Unit);

/// <summary>Reads and changes <see cref="HostSettings"/> by the names that Linux gives them, in Linux's units.</summary>
public static class Sysctl
{
    private static readonly Setting[] s_settings =
    [
        .. In(s => s.Tcp, s => s with { }, (s, group) => s with { Tcp = group }),
        .. In(s => s.Tcp.Cubic, s => s with { }, (s, group) => s with { Tcp = s.Tcp with { Cubic = group } }),
        .. In(s => s.Ip, s => s with { }, (s, group) => s with { Ip = group }),
        .. In(s => s.Ipv6, s => s with { }, (s, group) => s with { Ipv6 = group }),
        .. In(s => s.Neighbor, s => s with { }, (s, group) => s with { Neighbor = group }),
        .. In(s => s.Icmp, s => s with { }, (s, group) => s with { Icmp = group }),
        .. In(s => s.Sockets, s => s with { }, (s, group) => s with { Sockets = group }),
        .. In(s => s.Nat, s => s with { }, (s, group) => s with { Nat = group }),
    ];

    private sealed record Setting(string Name, SysctlUnit Unit, Type Type, Func<HostSettings, object> Get, Func<HostSettings, object, HostSettings> Set);

    /// <summary>All names with their values in <paramref name="settings"/>, sorted.</summary>
    public static IReadOnlyList<SysctlEntry> List(HostSettings? settings = null) =>
        [.. s_settings.OrderBy(s => s.Name, StringComparer.Ordinal)
            .Select(s => new SysctlEntry(s.Name, Format(s.Get(settings ?? HostSettings.Default), s.Unit), s.Unit))];

    /// <summary>Changes one setting.</summary>
    /// <param name="settings">What to start from.</param>
    /// <param name="name">With dots, or with slashes as below <c>/proc/sys</c>.</param>
    /// <param name="value">As written to <c>sysctl</c>: numbers, seconds, several numbers with blanks.</param>
    /// <param name="changed">The copy; <paramref name="settings"/> itself when the answer is false.</param>
    /// <param name="error">What is wrong, and what would be right.</param>
    public static bool TryApply(HostSettings settings, string name, string value, out HostSettings changed, out string error)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        changed = settings;
        string wanted = name.Trim().Replace('/', '.');
        Setting? setting = Array.Find(s_settings, s => s.Name == wanted);
        if (setting is null)
        {
            string nearest = s_settings.MinBy(s => (Distance(wanted, s.Name), s.Name))!.Name;
            error = $"There is no setting '{name}'. Did you mean '{nearest}'?";
            return false;
        }

        if (!TryParse(setting, value.Trim(), out object? parsed, out string expected))
        {
            error = $"{setting.Name} cannot be '{value}': {expected} expected.";
            return false;
        }

        changed = setting.Set(settings, parsed);
        error = "";
        return true;
    }

    // Reflection runs once, over properties that the generic parameter keeps alive.
    private static IEnumerable<Setting> In<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TGroup>(
        Func<HostSettings, TGroup> get, Func<TGroup, TGroup> copy, Func<HostSettings, TGroup, HostSettings> replace)
        where TGroup : class
    {
        foreach (PropertyInfo property in typeof(TGroup).GetProperties())
        {
            if (property.GetCustomAttribute<SysctlAttribute>() is not { } sysctl)
                continue;
            yield return new Setting(sysctl.Name, sysctl.Unit, property.PropertyType, s => property.GetValue(get(s))!, (s, value) =>
            {
                TGroup group = copy(get(s));
                property.SetValue(group, value);
                return replace(s, group);
            });
        }
    }

    private static string Format(object value, SysctlUnit unit) => (value, unit) switch
    {
        (TimeSpan time, SysctlUnit.Seconds) => Number((long)time.TotalSeconds),
        (TimeSpan time, SysctlUnit.Milliseconds) => Number((long)time.TotalMilliseconds),
        (TimeSpan time, SysctlUnit.Nanoseconds) => Number((long)time.TotalNanoseconds),
        (TimeSpan time, SysctlUnit.Microseconds) => Number((long)time.TotalMicroseconds),
        (bool on, _) => on ? "1" : "0",
        (Enum mode, _) => Number(Convert.ToInt64(mode, CultureInfo.InvariantCulture)),
        (BufferSizes sizes, _) => $"{Number(sizes.Min)} {Number(sizes.Default)} {Number(sizes.Max)}",
        (PortRange range, _) => $"{Number(range.First)} {Number(range.Last)}",
        (IFormattable number, _) => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool TryParse(Setting setting, string text, [NotNullWhen(true)] out object? value, out string expected)
    {
        value = null;
        expected = Expected(setting);
        if (setting.Type == typeof(string))
        {
            if (setting.Get(HostSettings.Default) is string && CongestionControls.Names.Contains(text))
                value = text;
        }
        else if (setting.Type == typeof(FastOpenKeys))
        {
            if (FastOpenKeys.TryParse(text, out FastOpenKeys? keys))
                value = keys;
        }
        else if (setting.Type == typeof(PortRange))
        {
            if (TryNumbers(text, 2, ushort.MaxValue, out long[] ports) && ports[0] >= 1 && ports[0] <= ports[1])
                value = new PortRange((ushort)ports[0], (ushort)ports[1]);
        }
        else if (setting.Type == typeof(BufferSizes))
        {
            if (TryNumbers(text, 3, int.MaxValue, out long[] sizes) && sizes[0] >= 1 && sizes[0] <= sizes[1] && sizes[1] <= sizes[2])
                value = new BufferSizes((int)sizes[0], (int)sizes[1], (int)sizes[2]);
        }
        else if (TryNumbers(text, 1, Most(setting), out long[] number))
        {
            value = FromNumber(setting, number[0]);
        }

        return value is not null;
    }

    private static object FromNumber(Setting setting, long number) => setting.Type switch
    {
        { } type when type == typeof(bool) => number == 1,
        { IsEnum: true } type => Enum.ToObject(type, (int)number),
        { } type when type == typeof(byte) => (byte)number,
        { } type when type == typeof(int) => (int)number,
        { } type when type == typeof(long) => number,
        { } type when type == typeof(TimeSpan) => setting.Unit switch
        {
            SysctlUnit.Seconds => TimeSpan.FromSeconds(number),
            SysctlUnit.Milliseconds => TimeSpan.FromMilliseconds(number),
            SysctlUnit.Nanoseconds => TimeSpan.FromTicks(number / TimeSpan.NanosecondsPerTick),
            _ => TimeSpan.FromMicroseconds(number),
        },
        _ => throw new NotSupportedException($"{setting.Name} has a type that no sysctl has."),
    };

    private static long Most(Setting setting) =>
        setting.Type == typeof(bool) ? 1 : setting.Type.IsEnum ? MostOf(setting.Type) : setting.Type == typeof(byte) ? byte.MaxValue : setting.Type == typeof(long) ? long.MaxValue : int.MaxValue;

    // Modes are exclusive, flags may all be set.
    private static long MostOf(Type type)
    {
        IEnumerable<long> values = Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => Convert.ToInt64(value, CultureInfo.InvariantCulture));
        return type.IsDefined(typeof(FlagsAttribute), inherit: false) ? values.Aggregate((all, value) => all | value) : values.Max();
    }

    private static string Expected(Setting setting) => setting.Unit switch
    {
        SysctlUnit.Switch => "0 or 1 is",
        SysctlUnit.Count => $"a number from 0 to {Number(Most(setting))} is",
        SysctlUnit.Bytes => $"a number of bytes from 0 to {Number(Most(setting))} is",
        SysctlUnit.Seconds => "a whole number of seconds, 0 or more, is",
        SysctlUnit.Milliseconds => "a whole number of milliseconds, 0 or more, is",
        SysctlUnit.Nanoseconds => "a whole number of nanoseconds, 0 or more, is",
        SysctlUnit.Microseconds => "a whole number of microseconds, 0 or more, is",
        SysctlUnit.BufferSizes => "three sizes in bytes, 'min default max', rising, are",
        SysctlUnit.Text when setting.Type == typeof(FastOpenKeys) => "one key or two with a comma between, each of four hexadecimal words such as 0a1b2c3d-… , are",
        SysctlUnit.Text when setting.Type == typeof(PortRange) => "two ports from 1 to 65535, 'first last', are",
        SysctlUnit.Text => $"one of {string.Join(", ", CongestionControls.Names)} is",
        _ => throw new NotSupportedException($"{setting.Name} has a unit that no text is written for."),
    };

    private static bool TryNumbers(string text, int count, long most, out long[] numbers)
    {
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        numbers = new long[count];
        if (words.Length != count)
            return false;
        for (int i = 0; i < count; i++)
        {
            bool isHex = words[i].StartsWith("0x", StringComparison.OrdinalIgnoreCase);
            if (!long.TryParse(isHex ? words[i][2..] : words[i], isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])
                || numbers[i] < 0 || numbers[i] > most)
                return false;
        }

        return true;
    }

    // Levenshtein's distance, row by row.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
