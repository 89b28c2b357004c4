namespace AdvertiseX.Lake.Delta;

/// <summary>What became of a commit.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Snapshot">The table after it, or as it stands when it did not happen.</param>
/// <param name="Reason">For a conflict, what it is.</param>
internal sealed record DeltaCommitResult(DeltaCommitOutcome Outcome, DeltaSnapshot Snapshot, string? Reason = null)
{
    /// <summary>Version of the commit when it happened.</summary>
    public long Version => Snapshot.Version;
}
