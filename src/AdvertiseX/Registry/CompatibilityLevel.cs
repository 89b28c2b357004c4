namespace AdvertiseX.Registry;

/// <summary>What a new schema of a subject must be able to do. A transitive level asks it of every version of the
/// subject, the others of the latest one.</summary>
internal enum CompatibilityLevel
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Read what the version before it wrote.</summary>
    Backward,
    BackwardTransitive,

    /// <summary>Write what the version before it can read.</summary>
    Forward,
    ForwardTransitive,

    /// <summary>Both.</summary>
    Full,
    FullTransitive,
}
