using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>What one commit of a model's table comes to in the log of restatements.</summary>
/// <param name="Kind">How it is logged.</param>
/// <param name="Version">Version of the model's table.</param>
/// <param name="TimeMicros">When, micros since 1970 UTC, as the commit says; null when it is gone.</param>
/// <param name="Reason">Why, as the commit says.</param>
internal sealed record Restatement(RestatementKind Kind, long Version, long? TimeMicros, string Reason)
{
    /// <summary>The table's columns at that commit.</summary>
    public IReadOnlyList<DeltaColumn> Columns { get; init; } = [];

    /// <summary>Files that the commit took out.</summary>
    public IReadOnlyList<LakeFile> Before { get; init; } = [];

    /// <summary>Files that it added.</summary>
    public IReadOnlyList<LakeFile> After { get; init; } = [];

    /// <summary>When the figures before it were published, micros since 1970 UTC: the time of the commit before; null
    /// when that is gone.</summary>
    public long? PublishedMicros { get; init; }

    /// <summary>Whether all that changed is that conversions, or adjustments, came.</summary>
    public bool IsOfNewConversions { get; init; }

    /// <summary>Every file before it.</summary>
    public IReadOnlyList<LakeFile> Published { get; init; } = [];
}
