using AdvertiseX.Configuration;
using AdvertiseX.Lake;

namespace AdvertiseX.Maintenance;

/// <summary>What commands do for a lake by themselves, beside their work.</summary>
internal sealed record MaintenanceOptions
{
    /// <summary>ingest, run and demo compact and vacuum what is due when their work is done.</summary>
    [Option(Key = "maintenance.enabled")]
    public bool Enabled { get; init; } = true;

    /// <summary>A vacuum that looks through all folders follows the one before it after so long.</summary>
    [Option("hours", 1, 30 * 24, Key = "maintenance.vacuum_hours")]
    public TimeSpan VacuumInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>When and how small files are merged.</summary>
    public CompactionOptions Compaction { get; init; } = new();

    /// <summary>How long files are kept.</summary>
    public LakeRetention Retention { get; init; } = new();
}
