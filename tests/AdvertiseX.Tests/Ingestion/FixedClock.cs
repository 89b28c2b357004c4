namespace AdvertiseX.Tests.Ingestion;

/// <summary>A clock that stands still, at midnight UTC of 2024-03-10 unless told otherwise.</summary>
internal sealed class FixedClock(DateTimeOffset? now = null) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now ?? new(2024, 3, 10, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Time that has passed beside what really does.</summary>
    public TimeSpan Passed { get; set; }

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(Passed.TotalSeconds * TimestampFrequency);
}
