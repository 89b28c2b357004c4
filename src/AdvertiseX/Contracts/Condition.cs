namespace AdvertiseX.Contracts;

/// <summary>One condition of a contract's <c>where</c>, on the value as the source gave it; texts compare in any
/// case.</summary>
internal sealed record Condition
{
    /// <summary>Canonical field.</summary>
    public required string Field { get; init; }

    /// <summary>The value is one of these.</summary>
    public IReadOnlyList<string>? In { get; init; }

    /// <summary>The value is none of these (an absent value is none of them).</summary>
    public IReadOnlyList<string>? NotIn { get; init; }

    /// <summary>The value is present (true) or absent (false).</summary>
    public bool? Present { get; init; }
}
