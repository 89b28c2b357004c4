namespace AdvertiseX.Deduplication;

/// <summary>What a row is beside those already known.</summary>
internal enum Verdict : byte
{
    /// <summary>First of its id.</summary>
    New = 0,

    /// <summary>Same id, same payload.</summary>
    Duplicate = 1,

    /// <summary>Same id, other payload.</summary>
    Conflicting = 2,
}
