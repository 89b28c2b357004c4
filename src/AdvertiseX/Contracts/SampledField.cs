namespace AdvertiseX.Contracts;

/// <summary>A field as a sample of a source shows it.</summary>
/// <param name="Path">Dotted path as the source spells it.</param>
/// <param name="Values">Its first values as text, nulls left out, in the order seen.</param>
internal sealed record SampledField(string Path, IReadOnlyList<string> Values)
{
    /// <summary>What the values look like.</summary>
    internal ValueShape Shape { get; } = ValueShapes.Of(Values);

    /// <summary>The path without case and separators: <c>Campaign-ID</c> and <c>campaignId</c> are the same.</summary>
    internal string Bare { get; } = FieldNode.Fold(Path).Replace("_", "", StringComparison.Ordinal);

    /// <summary>The last name of the path, without case and separators.</summary>
    internal string BareName => Bare[(Bare.LastIndexOf('.') + 1)..];
}
