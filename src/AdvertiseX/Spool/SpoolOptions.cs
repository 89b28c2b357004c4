using AdvertiseX.Configuration;

namespace AdvertiseX.Spool;

/// <summary>Where deliveries are kept until they are in the lake, and how many.</summary>
internal sealed record SpoolOptions
{
    /// <summary>Folder of deliveries that are not in the lake yet, on a local disk, of one process alone. Empty: beside
    /// the lake's folder, under its name with .spool behind it.</summary>
    [Option("a folder", MayBeEmpty = true, Key = "spool.path")]
    public string Path { get; init; } = "";

    /// <summary>A file of the spool ends when it is so long; it is removed when all of it is in the lake.</summary>
    [Option("bytes", 1 << 16, 1L << 32, Key = "spool.segment_bytes")]
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>A file of the spool ends when it is so old.</summary>
    [Option("seconds", 1, 86_400, Key = "spool.segment_seconds")]
    public TimeSpan SegmentTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Nothing more is taken when the files of the spool hold so much, as the lake takes nothing.</summary>
    [Option("bytes", 1 << 20, 1L << 44, Key = "spool.max_bytes")]
    public long MaxBytes { get; init; } = 16L << 30;

    /// <summary>Nothing more is taken when the disk has less room than this, which the lake needs to take what is
    /// kept.</summary>
    [Option("bytes", 0, 1L << 44, Key = "spool.reserve_bytes")]
    public long ReserveBytes { get; init; } = 256L << 20;

    /// <summary>Deliveries that wait for the disk take so much memory at most; more are turned away.</summary>
    [Option("bytes", 1 << 20, 1L << 34, Key = "spool.waiting_bytes")]
    public long WaitingBytes { get; init; } = 64L << 20;

    /// <summary>How long a delivery that is sent again is known by its key.</summary>
    [Option("hours", 1, 24 * 7, Key = "spool.key_hours")]
    public TimeSpan KeyTime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Keys in memory, about 64 bytes each; beyond it the oldest hour of them is forgotten early, which is
    /// told.</summary>
    [Option("keys", 1000, 1_000_000_000, Key = "spool.max_keys")]
    public long MaxKeys { get; init; } = 8_000_000;
}
