namespace AdvertiseX.Contracts;

/// <summary>Where one canonical field comes from and how its values are read.</summary>
internal sealed record FieldMapping
{
    /// <summary>Source paths or CSV headers, first choice first; at most 32.</summary>
    public IReadOnlyList<string> From { get; init; } = [];

    /// <summary>Value of every row that has none.</summary>
    public string? Constant { get; init; }

    /// <summary>Source value to canonical value, any case; others stay.</summary>
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();

    /// <summary>Money only: <c>per_event</c> (default), <c>per_mille</c> (the value is per thousand events), or
    /// <c>micros</c> (the value counts millionths already).</summary>
    public string? Unit { get; init; }

    /// <summary>Times only: .NET custom formats tried after ISO 8601 and epochs.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>The event's time only: what stands in for one that is absent, first choice first; see
    /// <see cref="TimeFallbacks"/>.</summary>
    public IReadOnlyList<string> Fallback { get; init; } = [];
}
