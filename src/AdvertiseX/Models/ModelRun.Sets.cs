using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Models;

internal sealed partial class ModelRun
{
    /// <summary>The model's SELECT with the inline models in front of it and the declared types on its columns.</summary>
    /// <param name="due">For a keyed model, a SELECT of the rows that are due; null when a set of that name holds them.</param>
    private string ModelSelect(string? due = null)
    {
        var ctes = Model.Inputs.Where(input => _catalog.IsInline(input.Name))
            .Select(input => $"{input.Name} as (\n{_catalog.Inline(input.Name).Sql}\n)").ToList();
        if (due is not null) ctes.Insert(0, $"due_{Model.Rows!.Name} as (\n{due}\n)");
        var with = ctes.Count == 0 ? "" : $"with {string.Join(",\n", ctes)}\n";
        return $"{with}select {TypedColumns}\nfrom (\n{Model.Sql}\n) as model";
    }

    private string TypedColumns =>
        string.Join(", ", Model.Columns.Select(column => $"cast({column.Name} as {column.SqlType}) as {column.Name}"));

    private string ColumnNames => string.Join(", ", Model.Columns.Select(column => column.Name));

    /// <summary>Every table that the model reads, of all dates or those that <paramref name="range"/> gives for an input.</summary>
    private IEnumerable<ParquetSet> InputSets(Func<ModelInput, (DateOnly First, DateOnly Last)?> range)
    {
        foreach (var table in _catalog.TablesOf(Model))
        {
            var files = _plan.Input(table).Files;
            // An inline model reads its inputs whole.
            var input = Model.Inputs.Any(each => _catalog.IsInline(each.Name) && _catalog.TablesOf(_catalog.Inline(each.Name)).Contains(table))
                ? null
                : Model.Inputs.FirstOrDefault(each => each.Name == table);
            var within = input is null ? null : range(input);
            yield return Set(table, table, files.Where(file => IsWithin(file, within)).Select(file => file.Address));
        }

        foreach (var set in _calendar) yield return set;
    }

    private static bool IsWithin(LakeFile file, (DateOnly First, DateOnly Last)? range) =>
        range is not { } dates || file.EventDate is not { } date || (date >= dates.First && date <= dates.Last);

    private ParquetSet Set(string name, string table, IEnumerable<string> files)
    {
        var columns = _catalog.ColumnsOf(table);
        var isPartitioned = columns.Any(column => column.Name == LakeTable.PartitionColumn);
        return new ParquetSet(name, columns, [.. files]) { PartitionColumn = isPartitioned ? LakeTable.PartitionColumn : null };
    }

    private ParquetSet OwnSet(string name, IEnumerable<string> files) => Set(name, Model.Name, files);

    private ParquetSet ScratchSet(string name, IReadOnlyList<ParquetColumn> columns, IReadOnlyList<string> files) => new(name, columns, files);

    private async Task WriteCalendarAsync(CancellationToken cancellation)
    {
        var dates = _plan.Inputs.SelectMany(input => input.Files).Select(file => file.EventDate).OfType<DateOnly>().ToList();
        if (dates.Count == 0) dates.Add(DateOnly.FromDateTime(DateTime.UnixEpoch));
        var zones = new List<string>();
        if (_plan.Inputs.Any(input => input.Table == "campaigns"))
        {
            var campaigns = Set("campaigns", "campaigns", _plan.Input("campaigns").Files.Select(file => file.Address));
            using var result = await ReadAsync("select distinct time_zone from campaigns where time_zone is not null", [campaigns], cancellation);
            while (result.Read()) zones.Add(result.GetString(0)!);
        }

        var files = new List<string>();
        foreach (var select in LocalDays.Selects(zones, dates.Min(), dates.Max()))
            files.AddRange(await ScratchAsync(LocalDays.Name, select, [], cancellation));
        _calendar.Add(new ParquetSet(LocalDays.Name, LocalDays.Columns, files));
    }
}
