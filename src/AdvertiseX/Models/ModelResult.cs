namespace AdvertiseX.Models;

/// <summary>One model in a run.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Kind">How much was computed.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="RowsWritten">Rows in the files added.</param>
/// <param name="FilesAdded">Files added to the table.</param>
/// <param name="FilesRemoved">Files taken out of it.</param>
/// <param name="Elapsed">Time spent.</param>
public sealed record ModelResult(
    string Model,
    ModelOutcome Outcome,
    ModelPlanKind Kind,
    string Reason,
    long RowsWritten,
    int FilesAdded,
    int FilesRemoved,
    TimeSpan Elapsed
)
{
    /// <summary>What changed outside of the models, for people; none when nothing did, or in a dry run.</summary>
    public IReadOnlyList<string> Causes { get; init; } = [];

    /// <summary>What is wrong with rows that were written, for people: sums that are beyond 64 bits, and their
    /// cells.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What there was, or would be, to read; null where a dry run cannot know yet, as models before it are
    /// stale.</summary>
    internal ModelWork? Work { get; init; }
}
