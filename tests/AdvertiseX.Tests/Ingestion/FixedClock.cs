namespace AdvertiseX.Tests.Ingestion;

/// <summary>A clock that stands still, at midnight UTC of 2024-03-10 unless told otherwise.</summary>
internal sealed class FixedClock(DateTimeOffset? now = null) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now ?? new(2024, 3, 10, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
