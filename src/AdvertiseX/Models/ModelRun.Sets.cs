using AdvertiseX.Engines;

namespace AdvertiseX.Models;

internal sealed partial class ModelRun
{
    /// <summary>A model's SELECT with the inline models in front of it and the declared types on its columns.</summary>
    private string SelectOf(Model model)
    {
        var inlines = _catalog
            .StagingOf(model, ModelRefresh.Inline)
            .Select(inline => $"{inline.Name} as (\n{inline.Sql}\n)");
        var ctes = DueGroups(model).Concat(inlines).ToList();
        var with = ctes.Count == 0 ? "" : $"with {string.Join(",\n", ctes)}\n";
        return $"{with}select {TypedColumns(model)}\nfrom (\n{model.Sql}\n) as model";
    }

    /// <summary>The sets with those of the temporary models added, which are evaluated now.</summary>
    private Task<IReadOnlyList<ParquetSet>> WithTemporariesAsync(
        IEnumerable<ParquetSet> sets,
        CancellationToken cancellation
    ) => WithTemporariesAsync(Model, sets, cancellation);

    private async Task<IReadOnlyList<ParquetSet>> WithTemporariesAsync(
        Model model,
        IEnumerable<ParquetSet> sets,
        CancellationToken cancellation
    )
    {
        var all = sets.ToList();
        foreach (
            var temporary in _catalog
                .StagingOf(model, ModelRefresh.Temporary)
                .Where(staging => staging.Name != model.Chains?.Screen)
        )
        {
            IReadOnlyList<ParquetSet> read = [.. all];
            var files = SharedAs(temporary) is { } rows
                ? await _changes.ShareAsync(
                    rows,
                    folder => ScratchInAsync(folder, SelectOf(temporary), read, cancellation)
                )
                : await ScratchAsync(temporary.Name, SelectOf(temporary), read, cancellation);
            all.Add(new ParquetSet(temporary.Name, _catalog.ColumnsOf(temporary.Name), files));
        }

        return all;
    }

    /// <summary>
    /// What tells the rows of a temporary model in this run, where other models read it too: the same versions of the
    /// same tables, and the same groups of them. Null where they are this model's own.
    /// </summary>
    private string? SharedAs(Model temporary)
    {
        if (!Model.IsByGroup || Model.GroupSpan != ModelGroupSpan.Always || !_catalog.IsShared(temporary))
            return null;
        var isWhole = _plan.Kind == ModelPlanKind.Full;
        var versions = _plan
            .Inputs.OrderBy(input => input.Table, StringComparer.Ordinal)
            .Select(input =>
                isWhole ? $"{input.Table} {input.Version}" : $"{input.Table} {input.Consumed} {input.Version}"
            );
        return $"{temporary.Name} of {string.Join(", ", versions)} by {(isWhole ? "all" : DueGroupsSelect())}";
    }

    /// <summary>Everything that the SELECT reads, with all rows of a keyed model due.</summary>
    private Task<IReadOnlyList<ParquetSet>> WholeSetsAsync(CancellationToken cancellation)
    {
        var sets = InputSets(_ => null).ToList();
        if (Model.Rows is { } rows)
            sets.Add(
                Set(Model.DuePrefix + rows.Name, rows.Name, _plan.Input(rows.Name).Files.Select(file => file.Address))
            );
        sets.AddRange(Growth.Select(growth => new ParquetSet(growth.Name, _catalog.ColumnsOf(growth.Table), [])));
        return WithTemporariesAsync(sets, cancellation);
    }

    private string TypedColumns(Model model) =>
        string.Join(
            ", ",
            model.Columns.Select(column =>
                $"{MoneySums.Stored(model, column, column.Name, _engine.Dialect)} as {column.Name}"
            )
        );

    private string ColumnNames => string.Join(", ", Model.Columns.Select(column => column.Name));

    /// <summary>Every table that the model reads, of all dates or those that <paramref name="datesOf"/> gives for an
    /// input.</summary>
    private IEnumerable<ParquetSet> InputSets(Func<ModelInput, HashSet<DateOnly>?> datesOf)
    {
        foreach (var table in _catalog.TablesOf(Model))
        {
            var files = _plan.Input(table).Files;
            // An inline model reads its inputs whole (an order may be repeated at any time).
            var input = _catalog
                .StagingOf(Model, ModelRefresh.Inline)
                .Any(inline => _catalog.TablesOf(inline).Contains(table))
                ? null
                : Model.Inputs.FirstOrDefault(each => each.Name == table);
            var within = input is null ? null : datesOf(input);
            yield return Set(
                table,
                table,
                files.Where(file => IsWithin(file.EventDate, within)).Select(file => file.Address)
            );
        }

        foreach (var set in _made)
            yield return set;
    }

    private static bool IsWithin(DateOnly? of, HashSet<DateOnly>? dates) =>
        dates is null || of is not { } date || dates.Contains(date);

    private ParquetSet Set(string name, string table, IEnumerable<string> files)
    {
        var set = _catalog.Set(name, table, files);
        return _plan.Inputs.FirstOrDefault(each => each.Table == table) is { } input ? Known(set, input) : set;
    }

    /// <summary>A set of an input's files with what is known of them: which columns hold nothing, which rows are left
    /// out.</summary>
    private ParquetSet Known(ParquetSet set, InputState input)
    {
        var addresses = set.Files.ToHashSet(StringComparer.Ordinal);
        var files = input
            .Files.Concat(input.Added)
            .Concat(input.Removed)
            .Where(file => addresses.Contains(file.Address))
            .ToList();
        set = input.Doubled.Without(set, input.Table, files);
        var nulls = _changes.NullColumns.Of(files);
        return nulls.Count == 0
            ? set
            : set with
            {
                Columns =
                [
                    .. set.Columns.Select(column =>
                        nulls.Contains(column.Name) ? column with { Expression = "NULL" } : column
                    ),
                ],
            };
    }

    private ParquetSet OwnSet(string name, IEnumerable<string> files) => Set(name, Model.Name, files);

    private static ParquetSet ScratchSet(
        string name,
        IReadOnlyList<ParquetColumn> columns,
        IReadOnlyList<string> files
    ) => new(name, columns, files);

    /// <summary>Sets that no table holds.</summary>
    private async Task MakeSetsAsync(CancellationToken cancellation)
    {
        if (_catalog.Reads(Model, ZoneOffsets.Name))
            await WriteZonesAsync(cancellation);
        if (_catalog.Reads(Model, TrafficRules.Name))
            await WriteRulesAsync(cancellation);
    }

    private async Task WriteZonesAsync(CancellationToken cancellation)
    {
        var dates = _plan
            .Inputs.SelectMany(input => input.Files)
            .Select(file => file.EventDate)
            .OfType<DateOnly>()
            .ToList();
        if (dates.Count == 0)
            dates.Add(DateOnly.FromDateTime(DateTime.UnixEpoch));
        var (first, last) = (dates.Min(), dates.Max());
        var inputs = _plan
            .Inputs.Where(input => _catalog.ColumnsOf(input.Table).Any(column => column.Name == "time_zone"))
            .ToList();
        var versions = inputs.Select(input => $"{input.Table} {input.Version}").Order(StringComparer.Ordinal);
        var files = await _changes.ShareAsync(
            $"{ZoneOffsets.Name} of {string.Join(", ", versions)} from {first:yyyy-MM-dd} to {last:yyyy-MM-dd}",
            async folder =>
                await ScratchInAsync(
                    folder,
                    ZoneOffsets.Select(await ZonesOfAsync(inputs, cancellation), first, last),
                    [],
                    cancellation
                )
        );
        _made.Add(new ParquetSet(ZoneOffsets.Name, ZoneOffsets.Columns, files));
    }

    private async Task<List<string>> ZonesOfAsync(List<InputState> inputs, CancellationToken cancellation)
    {
        var zones = new List<string>();
        foreach (var described in inputs)
        {
            var set = Set(described.Table, described.Table, described.Files.Select(file => file.Address));
            using var result = await ReadAsync(
                $"select distinct time_zone from {described.Table} where time_zone is not null",
                [set],
                cancellation
            );
            while (result.Read())
                zones.Add(result.GetString(0)!);
        }

        return zones;
    }

    private async Task WriteRulesAsync(CancellationToken cancellation)
    {
        var files = await ScratchAsync(TrafficRules.Name, _options.TrafficRules.Select(), [], cancellation);
        _made.Add(new ParquetSet(TrafficRules.Name, TrafficRules.Columns, files));
    }
}
