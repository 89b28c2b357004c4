using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>
/// The table of restatements: one row for each measure of a published cell that a run changed, <c>kind</c> changed,
/// added_later (a new cell on a date that was published) or removed; a row of the kind rebuilt where all figures are
/// new, and of the kind untold where the files to compare are gone.
/// </summary>
internal static class RestatementTable
{
    public const string Name = "restatements";

    /// <summary>
    /// <c>run_time</c> is that of the model's commit, <c>table_version</c> its version of the model's table.
    /// <c>cell</c> is a JSON object of the grain; <c>campaign_id</c> and <c>local_date</c> stand beside it where the
    /// grain has them. <c>before</c> and <c>after</c> are text, null for none.
    /// </summary>
    internal static DeltaSchema Schema { get; } =
        new([
            new("run_time", DeltaType.Timestamp),
            new("model", DeltaType.String),
            new("table_version", DeltaType.Long),
            new("kind", DeltaType.String),
            new("reason", DeltaType.String),
            new("campaign_id", DeltaType.String),
            new("local_date", DeltaType.Date),
            new("cell", DeltaType.String),
            new("measure", DeltaType.String),
            new("before", DeltaType.String),
            new("after", DeltaType.String),
        ]);

    /// <summary>The application id under which the table records the last version of a model's table that it
    /// holds.</summary>
    internal static string AppIdOf(Model model) => AppIdPrefix + model.Name;

    /// <summary>What such application ids begin with.</summary>
    internal const string AppIdPrefix = $"{Name}:";
}
