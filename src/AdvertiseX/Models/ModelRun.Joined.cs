using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Models;

// Sums of rows that are joined with another input by a key. For keys whose joined rows changed, all summed rows come
// anew and all that there were go; for the others what came and went of the summed rows themselves is enough, and it
// does not matter with which version of the joined input those are read.
internal sealed partial class ModelRun
{
    /// <summary>The keys of joined rows that came or went; null if there are none.</summary>
    private async Task<ParquetSet?> JoinedKeysAsync(CancellationToken cancellation)
    {
        if (Model.Joined is not { JoinedBy: { } key } joined || !_plan.Input(joined.Name).HasChanges)
            return null;
        var changed = await _changes.OfAsync(_plan.Input(joined.Name), cancellation);
        if (changed.IsEmpty)
            return null;
        var select =
            $"select {key} as row_key from came where {key} is not null union select {key} from went where {key} is not null";
        var files = await ScratchAsync(
            "changed",
            select,
            [changed.Came with { Name = "came" }, changed.Went with { Name = "went" }],
            cancellation
        );
        var type = _catalog.ColumnsOf(joined.Name).First(column => column.Name == key).Type;
        return ScratchSet("changed", [new("row_key", type)], files);
    }

    /// <summary>Whether so many keys changed that their rows, read and joined twice, cost more than all rows
    /// once.</summary>
    private async Task<bool> AreManyAsync(ParquetSet keys, CancellationToken cancellation)
    {
        var count = await CountAsync(keys, cancellation);
        return count > _options.JoinedKeysAtLeast
            && count > _plan.Input(Model.Joined!.Name).Files.Sum(file => file.Rows) / 10;
    }

    /// <summary>The joined input as it was when the table was made; null if there is none or it is as it was.</summary>
    private ParquetSet? JoinedBefore() =>
        Model.Joined is { } joined && _plan.Input(joined.Name) is { HasChanges: true } state
            ? Set(joined.Name, joined.Name, state.Stayed.Concat(state.Removed).Select(file => file.Address))
            : null;

    /// <summary>The rows of a summed input to add and those to take away.</summary>
    private async Task<ChangedRows> SummedAsync(ModelInput summed, ParquetSet? keys, CancellationToken cancellation)
    {
        var (name, state) = (summed.Name, _plan.Input(summed.Name));
        var changed = await _changes.OfAsync(state, cancellation);
        if (keys is null || !ModelPlanner.IsSplit(_catalog, Model, name))
            return new ChangedRows(changed.Came with { Name = name }, changed.Went with { Name = name });

        // Files that stayed are read once for both sides: what the model reads of their rows of those keys.
        var read = _catalog.ColumnsRead(Model, name);
        IReadOnlyList<ParquetColumn> columns =
        [
            .. _catalog
                .ColumnsOf(name)
                .Where(column => read is null || read.Contains(column.Name) || column.Name == Model.Joined!.JoinedBy),
        ];
        var both = await OfKeysAsync(summed, columns, "stayed", state.Stayed, null, keys, cancellation);
        var came = await OfKeysAsync(summed, columns, "came", state.Added, changed.Came, keys, cancellation);
        var went = await OfKeysAsync(summed, columns, "went", state.Removed, changed.Went, keys, cancellation);
        return new ChangedRows(
            new ParquetSet(name, columns, [.. both, .. came]),
            new ParquetSet(name, columns, [.. both, .. went])
        );
    }

    /// <summary>Some files' rows of the keys, with the changed rows of all other keys.</summary>
    private async Task<IReadOnlyList<string>> OfKeysAsync(
        ModelInput summed,
        IReadOnlyList<ParquetColumn> columns,
        string side,
        IEnumerable<LakeFile> files,
        ParquetSet? changed,
        ParquetSet keys,
        CancellationToken cancellation
    )
    {
        var rows = Set("rows_of_files", summed.Name, files.Select(file => file.Address));
        if (rows.Files.Count == 0)
            return [];
        var names = string.Join(", ", columns.Select(column => column.Name));
        var isAmong = IsAmong(Model.Joined!.JoinedBy!, keys.Name);
        List<ParquetSet> sets = [keys, rows];
        var select = $"select {names} from {rows.Name} where {isAmong}";
        if (changed is { Files.Count: > 0 })
        {
            sets.Add(changed with { Name = "changed_rows" });
            select += $"\nunion all\nselect {names} from changed_rows where not {isAmong}";
        }

        return await ScratchAsync($"{side}_{summed.Name}", select, sets, cancellation);
    }
}
