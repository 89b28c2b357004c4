using AdvertiseX.Engines;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Cli.Configuration;

/// <summary>Everything that a configuration file sets. Change a default with <c>with</c>.</summary>
internal sealed record AdxSettings
{
    public IngestOptions Ingest { get; init; } = new();

    public DuckDbEngineOptions Engine { get; init; } = new();

    public CompactionOptions Compaction { get; init; } = new();

    public LakeRetention Retention { get; init; } = new();

    public TrafficRules TrafficRules { get; init; } = new();

    /// <summary>Folder of the user's own models; null for none.</summary>
    public string? ModelsDirectory { get; init; }

    /// <summary>Models refreshed side by side; null for one for each of the engine's threads, 4 at most.</summary>
    public int? ModelsAtOnce { get; init; }
}
