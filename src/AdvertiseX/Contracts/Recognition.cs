namespace AdvertiseX.Contracts;

/// <summary>What content must and must not have to be taken for a contract's feed.</summary>
internal sealed record Recognition
{
    /// <summary>Groups of canonical fields; the sample must have a field of each group.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Has { get; init; } = [];

    /// <summary>Source paths (folded) none of which may appear.</summary>
    public IReadOnlyList<string> Lacks { get; init; } = [];
}
