using System.Reflection;
using System.Text;

namespace Wirepath.House.Tests;

/// <summary>
/// The public surface of each library stands in <c>api/*.txt</c>, so that a change of it is seen in review.
/// After a change on purpose: <c>WIREPATH_UPDATE_API=1 ./test House</c> writes the files anew.
/// </summary>
public sealed class PublicSurface
{
    public static TheoryData<string> Libraries =>
        [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(d => Path.GetFileName(d)!).Where(n => n != "Wirepath.Cli").Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Is_what_the_file_says(string library)
    {
        string surface = Describe(Assembly.Load(library));
        string file = Path.Combine(Repository.Root, "api", library + ".txt");
        if (Environment.GetEnvironmentVariable("WIREPATH_UPDATE_API") == "1")
            File.WriteAllText(file, surface);
        File.Exists(file).ShouldBeTrue($"api/{library}.txt is missing");
        string[] expected = File.ReadAllLines(file);
        string[] actual = surface.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var added = actual.Except(expected).Select(l => "+ " + l);
        var removed = expected.Where(l => l.Length > 0).Except(actual).Select(l => "- " + l);
        string difference = string.Join('\n', removed.Concat(added));
        difference.ShouldBe("", $"the public surface of {library} changed; if on purpose: WIREPATH_UPDATE_API=1 ./test House");
    }

    private static string Describe(Assembly assembly)
    {
        var lines = new List<string>();
        foreach (Type type in assembly.GetExportedTypes())
        {
            string name = TypeName(type);
            lines.Add($"{Kind(type)} {name}");
            const BindingFlags own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
            foreach (MemberInfo member in type.GetMembers(own))
            {
                string? text = Member(type, member);
                if (text is not null)
                    lines.Add($"{name}: {text}");
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return new StringBuilder().AppendJoin('\n', lines).Append('\n').ToString();
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum" : type.IsInterface ? "interface" : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
        : type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";

    private static string? Member(Type type, MemberInfo member)
    {
        switch (member)
        {
            case FieldInfo field when Visible(field) && !field.IsSpecialName:
                return type.IsEnum ? $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture)}" : $"field {TypeName(field.FieldType)} {field.Name}";
            case ConstructorInfo constructor when Visible(constructor):
                return $"new({Parameters(constructor)})";
            case PropertyInfo property:
                bool get = property.GetMethod is { } getter && Visible(getter);
                bool set = property.SetMethod is { } setter && Visible(setter);
                bool init = set && property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Length > 0;
                return get || set ? $"{TypeName(property.PropertyType)} {property.Name} {{{(get ? " get;" : "")}{(set ? init ? " init;" : " set;" : "")} }}" : null;
            // What the compiler makes for records is implied by their properties.
            case MethodInfo method when Visible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
                && method.Name is not ("Deconstruct" or "PrintMembers" or "<Clone>$" or "Equals" or "GetHashCode" or "ToString" or "op_Equality" or "op_Inequality"):
                string generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";
                return $"{TypeName(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
            case EventInfo @event when @event.AddMethod is { } adder && Visible(adder):
                return $"event {TypeName(@event.EventHandlerType!)} {@event.Name}";
            default:
                return null;
        }
    }

    private static bool Visible(MethodBase method) => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && method.Name is not "get_EqualityContract";

    private static bool Visible(FieldInfo field) => field.IsPublic || field.IsFamily;

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p => $"{TypeName(p.ParameterType)} {p.Name}"));

    private static string TypeName(Type type)
    {
        if (type.IsByRef)
            return TypeName(type.GetElementType()!) + "&";
        if (type.IsArray)
            return TypeName(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter)
            return type.Name;
        string name = type.DeclaringType is { } outer ? $"{TypeName(outer)}.{type.Name}" : type.Namespace is "System" or null ? type.Name : $"{type.Namespace}.{type.Name}";
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : $"{name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>";
    }
}
