using AdvertiseX.Configuration;
using AdvertiseX.Enrichment;
using AdvertiseX.Framing;
using AdvertiseX.Parquet;
using AdvertiseX.Validation;

namespace AdvertiseX.Ingestion;

/// <summary>How files become facts.</summary>
public sealed record IngestOptions
{
    /// <summary>
    /// Rows are committed together until they hold so much memory, over all tables. Peak memory is about three times
    /// this, and more makes fewer, larger files.
    /// </summary>
    [Option("bytes", 1 << 20, 1 << 30, Key = "ingest.commit_unit_bytes")]
    public long CommitUnitBytes { get; init; } = 96L << 20;

    /// <summary>Blocks decoded at once, besides the one being cut; 0 is one more than there are processors.</summary>
    [Option("blocks", 0, 1024, Key = "ingest.blocks_in_flight")]
    public int BlocksInFlight { get; init; }

    /// <summary>Duplicates are looked for so far around the dates of a batch.</summary>
    [Option("days", 0, 3650, Key = "ingest.duplicate_lookback_days")]
    public TimeSpan DuplicateLookback { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Memory for filters of the keys that were seen, in which copies of an event at another time are looked for. Where
    /// it does not suffice, they are looked for among what arrived last; copies at the same time are found always.
    /// </summary>
    [Option("MiB", 1, 1 << 20, Key = "ingest.key_filter_mib")]
    public long KeyFilterMib { get; init; } = 1024;

    [Options]
    public FramerOptions Framing { get; init; } = new();

    [Options]
    public ValidationOptions Validation { get; init; } = new();

    public EnrichmentOptions Enrichment { get; init; } = new();

    [Options]
    public ParquetOptions Parquet { get; init; } = new();

    /// <summary>Accepts sizes out of their ranges: tests cut small inputs into smaller pieces than are
    /// allowed.</summary>
    internal bool AnySize { get; init; }

    /// <summary>So many keys of the newest rows are put into a filter.</summary>
    internal long KeysWorthAFilter { get; init; } = 1 << 19;

    internal int EffectiveBlocksInFlight => BlocksInFlight > 0 ? BlocksInFlight : Environment.ProcessorCount + 1;

    /// <exception cref="ArgumentOutOfRangeException">A value is not allowed; the message names it and what is
    /// allowed.</exception>
    internal IngestOptions Required() => AnySize ? this : OptionCheck.Require(this);
}
