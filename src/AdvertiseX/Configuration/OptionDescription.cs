using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;

namespace AdvertiseX.Configuration;

/// <summary>
/// An option of an options record or of one inside it, as its <see cref="OptionAttribute"/> describes it. Values are
/// given and taken as a configuration file writes them: a bool, a whole number (long), another number (double) or a
/// text (string). Thread-safe.
/// </summary>
internal sealed class OptionDescription
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<OptionDescription>> Known = new();

    private readonly PropertyInfo[] _outer;
    private readonly OptionValues _values;

    private OptionDescription(PropertyInfo[] outer, PropertyInfo property, OptionAttribute option)
    {
        (_outer, Property, Key) = (outer, property, option.Key);
        _values = OptionValues.Of(property.PropertyType, option);
    }

    /// <summary>"section.name" in the configuration file, or null for an option that is set in code only.</summary>
    public string? Key { get; }

    /// <summary>What messages call it: the key, else the record and the property.</summary>
    public string Name => Key ?? $"{Property.DeclaringType!.Name}.{Property.Name}";

    public PropertyInfo Property { get; }

    /// <summary>The values allowed, for messages: "64 to 16777216 MiB".</summary>
    public string Allowed => _values.Allowed;

    /// <summary>The options of a record and of the records inside it, in the order in which they stand in the
    /// source.</summary>
    public static IReadOnlyList<OptionDescription> Of(Type options) =>
        Known.GetOrAdd(options, type => [.. Within(type, [])]);

    /// <summary>The option of a record's own property.</summary>
    public static OptionDescription Of<T>(string property) =>
        Of(typeof(T)).Single(option => option._outer.Length == 0 && option.Property.Name == property);

    /// <summary>The value that options hold, or null where a nullable one is not set.</summary>
    /// <param name="options">An instance of the type whose options were asked for.</param>
    public object? Read(object options) =>
        Property.GetValue(Outer(options)[^1]) is { } value ? _values.Written(value) : null;

    /// <summary>Sets the value that options hold. Options count as immutable, so this is for options that nobody else
    /// has yet.</summary>
    /// <param name="options">An instance of the type whose options were asked for.</param>
    /// <param name="written">A value; other types than the four that a configuration file has are not allowed.</param>
    /// <returns>False if the value is not allowed; nothing was set then.</returns>
    public bool TrySet(object options, object? written)
    {
        if (written is null || !Allows(written) || _values.Value(written) is not { } value)
            return false;
        var holders = Outer(options);
        Property.SetValue(holders[^1], value);
        // A record that is a struct was copied when it was read.
        for (var i = _outer.Length - 1; i >= 0; i--)
            _outer[i].SetValue(holders[i], holders[i + 1]);
        return true;
    }

    /// <summary>Whether a value is in the range, of a duration also a part of its unit.</summary>
    public bool Allows(object written) => _values.Allow(written);

    /// <summary>"engine.memory_mib is 5; allowed: 64 to 16777216 MiB".</summary>
    /// <param name="name">The option's name, or what the user knows it by.</param>
    /// <param name="value">The value as the user wrote it.</param>
    public string Complaint(string name, string value) => $"{name} is {value}; allowed: {Allowed}";

    /// <summary>As the other, of a value as a configuration file has it.</summary>
    internal string Complaint(object written) =>
        Complaint(
            Name,
            written is string text ? $"\"{text}\"" : Convert.ToString(written, CultureInfo.InvariantCulture)!
        );

    private object[] Outer(object options)
    {
        var holders = new object[_outer.Length + 1];
        holders[0] = options;
        for (var i = 0; i < _outer.Length; i++)
            holders[i + 1] = _outer[i].GetValue(holders[i])!;
        return holders;
    }

    private static IEnumerable<OptionDescription> Within(Type type, PropertyInfo[] outer)
    {
        foreach (
            var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
                .OrderBy(property => property.MetadataToken)
        )
        {
            if (property.GetCustomAttribute<OptionAttribute>() is { } option)
                yield return new OptionDescription(outer, property, option);
            else if (property.IsDefined(typeof(OptionsAttribute)))
                foreach (var inner in Within(property.PropertyType, [.. outer, property]))
                    yield return inner;
        }
    }
}
