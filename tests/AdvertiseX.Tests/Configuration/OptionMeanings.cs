using System.Xml.Linq;
using AdvertiseX.Configuration;

namespace AdvertiseX.Tests.Configuration;

/// <summary>What options mean: the summaries of their doc comments, which the compiler writes beside each
/// assembly.</summary>
internal static class OptionMeanings
{
    private static readonly Dictionary<string, Dictionary<string, XElement>> Assemblies = new(StringComparer.Ordinal);

    /// <summary>The summary of an option's property, in one line.</summary>
    public static string Of(OptionDescription option)
    {
        var type = option.Property.DeclaringType!;
        var summary = MembersOf(type.Assembly.GetName().Name!)
            .GetValueOrDefault($"P:{type.FullName}.{option.Property.Name}");
        Assert.True(
            summary is not null,
            $"{type.Name}.{option.Property.Name} is an option and has no summary that says what it means"
        );
        Assert.False(
            summary.HasElements,
            $"{type.Name}.{option.Property.Name}: the summary of an option is plain text"
        );
        return string.Join(' ', summary.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static Dictionary<string, XElement> MembersOf(string assembly)
    {
        if (Assemblies.TryGetValue(assembly, out var known))
            return known;
        var members = XDocument
            .Load(Path.Combine(AppContext.BaseDirectory, $"{assembly}.xml"))
            .Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!);
        return Assemblies[assembly] = members;
    }
}
