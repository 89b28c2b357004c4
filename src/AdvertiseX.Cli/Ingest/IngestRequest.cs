using AdvertiseX.Cli.Configuration;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Models;

namespace AdvertiseX.Cli.Ingest;

/// <summary>An ingest as the command line asked for it.</summary>
/// <param name="Paths">Files and folders.</param>
/// <param name="Contracts">One a feed.</param>
/// <param name="Settings">Sizes and limits, and where the lake is; it is made if it is not there.</param>
internal sealed record IngestRequest(
    IReadOnlyList<string> Paths,
    IReadOnlyList<CompiledContract> Contracts,
    AdxSettings Settings
)
{
    /// <summary>Feed of every file; null: told by content.</summary>
    public Feed? Feed { get; init; }

    /// <summary>Bring the marts up to what was ingested.</summary>
    public bool RefreshModels { get; init; } = true;

    /// <summary>The models that are.</summary>
    public ModelCatalog Models { get; init; } = ModelCatalog.Shipped;

    /// <summary>Rejects from which on the exit code is 3; null for no limit.</summary>
    public long? MaxRejects { get; init; }

    public bool Json { get; init; }

    /// <summary>Only say what would be read.</summary>
    public bool DryRun { get; init; }
}
