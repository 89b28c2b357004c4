using AdvertiseX.Configuration;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Lake;

/// <summary>How long a lake keeps what its newest versions no longer need.</summary>
public sealed record LakeRetention
{
    private const int LogHours = DeltaCheckpoint.TombstoneDays * 24;

    /// <summary>Files that left a table are kept so long, for readers of older versions.</summary>
    [Option("hours", 0, LogHours, Key = "retention.files_hours")]
    public TimeSpan Files { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Files that no log names are kept at least so long: a running writer may be about to commit
    /// them.</summary>
    [Option("hours", 0, 365 * 24, Key = "retention.unnamed_hours")]
    public TimeSpan Unnamed { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Commits are kept so long; versions younger than this can be read. Fixed: 30 days.</summary>
    public static TimeSpan Log => DeltaCheckpoint.TombstoneRetention;
}
