using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Models;

// Inputs without a chain's key lead to it through an input that has it: a click through the impression that it belongs
// to.
internal sealed partial class ModelRun
{
    /// <summary>Ties by which inputs without the key lead to it, together where they lead through the same column of
    /// the same input.</summary>
    private IEnumerable<IGrouping<(string Through, string Column), (ModelInput Input, ModelTie Tie)>> Leading =>
        Model
            .Inputs.SelectMany(input =>
                input.Ties.Where(tie => tie.Through is not null).Select(tie => (Input: input, Tie: tie))
            )
            .GroupBy(each => (Through: each.Tie.Through!, Column: each.Tie.InputColumn));

    private ParquetColumn[] LeadColumns((string Through, string Column) to) =>
        [new("row_key", _catalog.ColumnsOf(to.Through).First(column => column.Name == to.Column).Type)];

    /// <summary>All ids by which inputs without the key lead to it.</summary>
    private async Task<List<(string Through, string Column, ParquetSet Ids)>> LeadsAsync(CancellationToken cancellation)
    {
        var leads = new List<(string, string, ParquetSet)>();
        foreach (var ties in Leading)
        {
            var sets = ties.Select(each => each.Input.Name)
                .Distinct(StringComparer.Ordinal)
                .Select(name => Set(name, name, _plan.Input(name).Files.Select(file => file.Address)));
            var selects = ties.Select(each =>
                $"select {each.Tie.RowColumn} as row_key from {each.Input.Name} where {each.Tie.RowColumn} is not null"
            );
            var files = await ScratchAsync("ids", string.Join("\nunion\n", selects), [.. sets], cancellation);
            leads.Add((ties.Key.Through, ties.Key.Column, ScratchSet("ids", LeadColumns(ties.Key), files)));
        }

        return leads;
    }

    /// <summary>The keys of rows with certain ids.</summary>
    private async Task<IReadOnlyList<string>> KeysOfAsync(
        string through,
        string column,
        ParquetSet ids,
        HashSet<DateOnly> dates,
        string? where,
        CancellationToken cancellation
    )
    {
        var files = _plan
            .Input(through)
            .Files.Where(file => IsWithin(file.EventDate, dates))
            .Select(file => file.Address);
        var select =
            $"select {Model.RowKey} as row_key from {through} where {Model.RowKey} is not null and {IsAmong(column, "ids")}";
        var rows = Set(through, through, files);
        return await ScratchAsync("named", select, [ids, where is null ? rows : rows.And(where)], cancellation);
    }

    /// <summary>The keys, and dates of their rows, that changed rows of inputs without the key lead to.</summary>
    private async Task<ParquetSet> LedKeysAsync(CancellationToken cancellation)
    {
        var files = new List<string>();
        foreach (var ties in Leading)
        {
            var (sets, through, selects) = (
                new List<ParquetSet>(),
                new HashSet<string>(StringComparer.Ordinal),
                new List<string>()
            );
            foreach (var (input, tie) in ties.Where(each => _plan.Input(each.Input.Name).HasChanges))
            {
                var state = _plan.Input(input.Name);
                sets.AddRange(await ChangedSetsAsync(input.Name, cancellation));
                through.UnionWith(
                    FilesBefore(input, state, _plan.Input(ties.Key.Through)).Select(file => file.Address)
                );
                selects.Add(
                    $"select {tie.RowColumn} as row_key from {Changed(input.Name, tie.RowColumn, $"{tie.RowColumn} is not null")} as c"
                );
            }

            if (selects.Count == 0)
                continue;
            var columns = LeadColumns(ties.Key);
            var ids = ScratchSet(
                "ids",
                columns,
                await ScratchAsync("ids", string.Join("\nunion\n", selects), sets, cancellation)
            );
            var isLed =
                columns[0].Type == SqlType.Int64
                    ? IsAmongFew(ties.Key.Column, ids.Name)
                    : IsAmong(ties.Key.Column, ids.Name);
            var select =
                $"select distinct {Model.RowKey} as row_key, event_date from {ties.Key.Through} "
                + $"where {Model.RowKey} is not null and {isLed}";
            files.AddRange(
                await ScratchAsync("led", select, [ids, Set(ties.Key.Through, ties.Key.Through, through)], cancellation)
            );
        }

        return ScratchSet("led", [.. KeyColumns, new ParquetColumn(LakeTable.PartitionColumn, SqlType.Date)], files);
    }

    /// <summary>The files that an input's changed rows may lead to: those of its look-back before the changed
    /// dates.</summary>
    private static IEnumerable<LakeFile> FilesBefore(ModelInput input, InputState changed, InputState through)
    {
        var dates = changed.Added.Concat(changed.Removed).Select(file => file.EventDate).ToList();
        if (input.LookBack is not { } lookBack || dates.Contains(null))
            return through.Files;
        var (first, last) = (dates.Min()!.Value.AddDays(-(int)Math.Ceiling(lookBack.TotalDays)), dates.Max()!.Value);
        return through.Files.Where(file => file.EventDate is not { } date || (date >= first && date <= last));
    }
}
