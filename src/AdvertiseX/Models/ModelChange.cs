using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>What a run found to change in a model's table.</summary>
/// <param name="Adds">Files that were written for it and made durable.</param>
/// <param name="Removes">Files that leave.</param>
internal sealed record ModelChange(IReadOnlyList<StagedFile> Adds, IReadOnlyList<AddFile> Removes)
{
    public static readonly ModelChange None = new([], []);

    /// <summary>The rows in which the table then differs from what it was, where the run knows them.</summary>
    public ChangedRows? Rows { get; init; }

    /// <summary>Rows differ, and nobody follows which.</summary>
    public bool IsUnfollowed { get; init; }

    public bool IsEmpty => Adds.Count == 0 && Removes.Count == 0;
}
