using AdvertiseX.Configuration;

namespace AdvertiseX.Ingestion;

/// <summary>How live streams become facts.</summary>
internal sealed record LiveOptions
{
    /// <summary>What was read is committed so often.</summary>
    [Option("milliseconds", 100, 3_600_000, Key = "live.commit_ms")]
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>It is committed earlier when it takes so much memory: rows, and messages as they came. Peak memory is
    /// about three times this.</summary>
    [Option("bytes", 1 << 20, 1 << 30, Key = "live.commit_bytes")]
    public long CommitBytes { get; init; } = 128L << 20;

    /// <summary>A worker that loses a part of a topic or is stopped takes so long at most to commit what it has read
    /// of it; what is not committed then is read again by the next.</summary>
    [Option("seconds", 1, 300, Key = "live.drain_seconds")]
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages that wait for being decoded take so much memory at most; reading pauses then.</summary>
    [Option("bytes", 1 << 20, 1 << 30, Key = "live.waiting_bytes")]
    public long WaitingBytes { get; init; } = 32L << 20;
}
