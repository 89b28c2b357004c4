using AdvertiseX.Configuration;

namespace AdvertiseX.Lake;

/// <summary>How long a lake keeps what its newest versions no longer need.</summary>
public sealed record LakeRetention
{
    /// <summary>
    /// Files that left a table, those of merges excepted, are kept so long, for readers of older versions. Logs name
    /// them as long: processes of one lake should agree on it; a vacuum that is to keep longer than logs name keeps
    /// what it does not know.
    /// </summary>
    [Option("hours", 0, 30 * 24, Key = "retention.files_hours")]
    public TimeSpan Files { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Files that compaction merged into others are kept so long, if retention.files_hours is not less, and
    /// until every model has read past their merge.</summary>
    [Option("hours", 0, 30 * 24, Key = "retention.compacted_hours")]
    public TimeSpan Compacted { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Files that no log names are kept at least so long: a running writer may be about to commit
    /// them.</summary>
    [Option("hours", 1, 365 * 24, Key = "retention.unnamed_hours")]
    public TimeSpan Unnamed { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Commits are kept so long, and never shorter than files: what they say of versions younger than this is
    /// there, their files as long as the other keys say.</summary>
    [Option("hours", 24, 365 * 24, Key = "retention.log_hours")]
    public TimeSpan Log { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long commits are kept.</summary>
    internal TimeSpan EffectiveLog => Log > Files ? Log : Files;
}
