using AdvertiseX.Cli.Configuration;
using AdvertiseX.Contracts;
using AdvertiseX.Models;

namespace AdvertiseX.Cli.Streaming;

/// <summary>A worker as the command line asked for it.</summary>
/// <param name="Settings">Brokers, group, sizes and limits, and where the lake is; it is made if it is not
/// there.</param>
internal sealed record StreamRequest(AdxSettings Settings)
{
    /// <summary>End when everything that is there is read.</summary>
    public bool Once { get; init; }

    public bool Json { get; init; }

    /// <summary>How often models are refreshed, the lake compacted and vacuumed; null for never.</summary>
    public TimeSpan? ModelInterval { get; init; }

    /// <summary>The models that are.</summary>
    public ModelCatalog Models { get; init; } = ModelCatalog.Shipped;

    /// <summary>One a feed.</summary>
    public IReadOnlyList<CompiledContract> Contracts { get; init; } = ContractFile.Shipped;
}
