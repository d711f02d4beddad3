using System.Reflection;

namespace Wirepath.Events.Tests;

/// <summary>The shape that every record of the log keeps, so that sinks can rely on it.</summary>
public sealed class HappeningTests
{
    public static TheoryData<Type> Happenings =>
        [.. typeof(Happening).Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(Happening)))];

    [Theory]
    [MemberData(nameof(Happenings))]
    public void Is_sealed_and_cannot_be_changed_after_it_was_written(Type happening)
    {
        happening.IsSealed.ShouldBeTrue();
        foreach (PropertyInfo property in happening.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            bool settable = property.SetMethod is { } setter
                && !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));
            settable.ShouldBeFalse($"{happening.Name}.{property.Name}");
        }
    }

    [Fact]
    public void There_are_records_for_every_layer() => Happenings.Count.ShouldBeGreaterThan(50);
}
