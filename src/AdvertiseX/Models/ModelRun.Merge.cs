using AdvertiseX.Engines;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

// What was computed of a keyed model, put in place of what its table had of the same keys.
internal sealed partial class ModelRun
{
    /// <summary>The dates on which the fresh rows differ from those that they replace are written anew, with the rows
    /// that stay.</summary>
    private async Task<ModelChange> MergeAsync(
        ParquetSet fresh,
        ParquetSet due,
        string isDue,
        IReadOnlyList<AddFile> old,
        CancellationToken cancellation
    )
    {
        var sets = new List<ParquetSet> { fresh, due, OwnSet("old", old.Select(file => _table.AddressOf(file.Path))) };
        var (ours, theirs) = ($"select {ColumnNames} from fresh", $"select {ColumnNames} from old where {isDue}");
        var rows = _catalog.AreRowsFollowed(Model)
            ? await _changes.WriteAsync(_catalog.ColumnsOf(Model.Name), ours, theirs, sets, cancellation)
            : null;
        var changed = rows is null
            ? await DifferingDatesAsync(ours, theirs, sets, cancellation)
            : await DatesOfAsync(rows, cancellation);
        if (changed.Count == 0)
            return ModelChange.None;
        // Rows that stay passed them when they came, and of two rows that are to be seen together both are due or none.
        await CheckAsync(fresh, cancellation);
        var within = Model.IsPartitioned ? DatesText(changed) : "true";
        var files = await WriteAsync(
            $"select {TypedColumns(Model)} from (select {ColumnNames} from fresh where {within}\nunion all\n"
                + $"select {ColumnNames} from old where {within} and not {isDue}) as merged",
            sets,
            cancellation
        );
        return new ModelChange(
            await SealAsync(files, cancellation),
            [.. old.Where(file => changed.Contains(file.EventDate))]
        )
        {
            Rows = rows,
            IsUnfollowed = rows is null,
        };
    }

    /// <summary>The dates of rows; for a table without dates the null date stands for all of it.</summary>
    private async Task<HashSet<DateOnly?>> DatesOfAsync(ChangedRows rows, CancellationToken cancellation) =>
        rows.IsEmpty ? []
        : Model.IsPartitioned
            ? await ReadDatesAsync(
                "select event_date from came union select event_date from went",
                [rows.Came, rows.Went],
                cancellation
            )
        : [null];
}
