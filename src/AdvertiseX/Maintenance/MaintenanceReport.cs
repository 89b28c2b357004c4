using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Maintenance;

/// <summary>What a maintenance did.</summary>
internal sealed record MaintenanceReport
{
    /// <summary>Nothing was due.</summary>
    public static MaintenanceReport Nothing { get; } = new();

    /// <summary>The tables that were compacted.</summary>
    public IReadOnlyList<CompactionReport> Compactions { get; init; } = [];

    /// <summary>The files that were deleted, those of logs too.</summary>
    public IReadOnlyList<StoredObject> Deleted { get; init; } = [];

    /// <summary>Why it ended early, in one line; null when it did not.</summary>
    public string? Fault { get; init; }
}
