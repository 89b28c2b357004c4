using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Lake;

/// <summary>How long a lake keeps what its newest versions no longer need.</summary>
public sealed record LakeRetention
{
    /// <summary>
    /// Files that left a table are kept so long, for readers of older versions; at most <see cref="Log"/>. Default 7 days.
    /// </summary>
    public TimeSpan Files { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Files that no log ever named are kept at least so long: a running writer may be about to commit them. Default 1 day.
    /// </summary>
    public TimeSpan Unnamed { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Commits are kept so long; versions younger than this can be read. Fixed: 30 days.</summary>
    public static TimeSpan Log => DeltaCheckpoint.TombstoneRetention;

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the text names it.</exception>
    internal void Require()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Files, TimeSpan.Zero, nameof(Files));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Files, Log, nameof(Files));
        ArgumentOutOfRangeException.ThrowIfLessThan(Unnamed, TimeSpan.Zero, nameof(Unnamed));
    }
}
