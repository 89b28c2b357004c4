namespace AdvertiseX.Lake.Delta;

/// <summary>What became of a commit.</summary>
internal enum DeltaCommitOutcome
{
    /// <summary>It is in the log.</summary>
    Committed,

    /// <summary>Its transaction was in the log before; nothing to do.</summary>
    AlreadyThere,

    /// <summary>Someone else's commit makes it impossible; it must be planned anew.</summary>
    Conflict,

    /// <summary>It was no longer wanted.</summary>
    Withdrawn,
}
