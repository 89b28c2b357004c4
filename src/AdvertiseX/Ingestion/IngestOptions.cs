using AdvertiseX.Enrichment;
using AdvertiseX.Framing;
using AdvertiseX.Parquet;
using AdvertiseX.Validation;

namespace AdvertiseX.Ingestion;

/// <summary>How files become facts.</summary>
public sealed record IngestOptions
{
    /// <summary>Rows are committed together until they hold this many bytes in memory, over all tables. Default 96 MB; 1 MB to 1 GB.
    /// Peak memory is about three times this, and more makes fewer, larger files.</summary>
    public long CommitUnitBytes { get; init; } = 96L << 20;

    /// <summary>Blocks being decoded at once, besides the one being cut. Default: processors + 1.</summary>
    public int BlocksInFlight { get; init; } = Environment.ProcessorCount + 1;

    /// <summary>How far around the dates of a batch duplicates are looked for. Default 7 days.</summary>
    public TimeSpan DuplicateLookback { get; init; } = TimeSpan.FromDays(7);

    public FramerOptions Framing { get; init; } = new();

    public ValidationOptions Validation { get; init; } = new();

    public EnrichmentOptions Enrichment { get; init; } = new();

    public ParquetOptions Parquet { get; init; } = new();

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names key, value and range.</exception>
    public void Validate()
    {
        Check(nameof(CommitUnitBytes), CommitUnitBytes, 1 << 20, 1L << 30);
        Check(nameof(BlocksInFlight), BlocksInFlight, 1, 1024);
        Check("DuplicateLookback (days)", (long)DuplicateLookback.TotalDays, 0, 3650);
        Check("Framing.BlockBytes", Framing.BlockBytes, 4 << 10, 64 << 20);
        Check("Framing.MaxRecordBytes", Framing.MaxRecordBytes, 1 << 10, 64 << 20);
    }

    private static void Check(string key, long value, long least, long most)
    {
        if (value < least || value > most) throw new ArgumentException($"{key} is {value}; allowed are {least} to {most}");
    }
}
