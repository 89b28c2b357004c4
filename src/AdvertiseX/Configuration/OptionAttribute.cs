namespace AdvertiseX.Configuration;

/// <summary>
/// Makes a property of an options record an option and says which values are allowed. The rest is on the property too:
/// its initial value is the default, its doc comment's summary (plain text) the meaning. Validation, the configuration
/// file, <c>config/adx.reference.json</c> and the table in <c>docs/operations.md</c> come from there.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionAttribute : Attribute
{
    /// <summary>A switch: true or false.</summary>
    public OptionAttribute() { }

    /// <summary>A text without control characters.</summary>
    /// <param name="content">What the text is: "a folder".</param>
    public OptionAttribute(string content) => Content = content;

    /// <summary>A number, or a duration that is counted in <paramref name="unit"/>.</summary>
    /// <param name="unit">Plural noun; of a duration milliseconds, seconds, hours or days; empty for a plain
    /// number.</param>
    /// <param name="least">The smallest value allowed.</param>
    /// <param name="most">The largest value allowed; infinity for no limit.</param>
    public OptionAttribute(string unit, double least, double most) => (Unit, Least, Most) = (unit, least, most);

    /// <summary>A day in UTC, written as 2024-03-01.</summary>
    /// <param name="first">The first day allowed.</param>
    /// <param name="last">The last day allowed.</param>
    public OptionAttribute(string first, string last) => (First, Last) = (first, last);

    /// <summary>"section.name" in the configuration file; null for an option that is set in code only.</summary>
    public string? Key { get; init; }

    /// <summary>Whether a text may be empty.</summary>
    public bool MayBeEmpty { get; init; }

    public string? Content { get; }

    public string? Unit { get; }

    public double Least { get; }

    public double Most { get; }

    public string? First { get; }

    public string? Last { get; }
}
