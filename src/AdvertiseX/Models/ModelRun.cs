using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Models;

/// <summary>
/// One run of one plan: evaluates the model over the pinned files and writes what is new where the table's files lie.
/// Files that are not handed over go when it is disposed. For one thread at a time.
/// </summary>
internal sealed partial class ModelRun : IAsyncDisposable
{
    private readonly ModelPlan _plan;
    private readonly DataLake _lake;
    private readonly IQueryEngine _engine;
    private readonly ModelCatalog _catalog;
    private readonly ModelRunnerOptions _options;
    private readonly ChangeSets _changes;
    private readonly LakeTable _table;
    private readonly ScratchSpace _scratch;
    private readonly Dictionary<string, StagedFile> _written = new(StringComparer.Ordinal);
    private readonly List<ParquetSet> _made = [];
    private readonly List<string> _warnings = [];
    private readonly HashSet<string> _workedOut = new(StringComparer.Ordinal);

    private ModelRun(
        ModelPlan plan,
        DataLake lake,
        IQueryEngine engine,
        ModelCatalog catalog,
        ModelRunnerOptions options,
        ChangeSets changes,
        LakeTable table
    )
    {
        (_plan, _lake, _engine, _catalog, _options, _changes, _table) = (
            plan,
            lake,
            engine,
            catalog,
            options,
            changes,
            table
        );
        _scratch = ScratchSpace.Create(options.ScratchDirectory, "model");
    }

    /// <summary>What is to be said of the rows that were computed.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    private Model Model => _plan.Model;

    private DoubledRows Doubled =>
        _plan.Inputs.Select(input => input.Doubled).FirstOrDefault(rows => rows.Files.Count > 0, DoubledRows.None);

    private IReadOnlyCollection<AddFile> Old => _plan.Table is { } table ? [.. table.Files.Values] : [];

    public static async ValueTask<ModelRun> StartAsync(
        ModelPlan plan,
        DataLake lake,
        IQueryEngine engine,
        ModelCatalog catalog,
        ModelRunnerOptions options,
        ChangeSets changes,
        CancellationToken cancellation
    )
    {
        var model = plan.Model;
        var table = await lake.FindOrCreateTableAsync(
            model.Name,
            new DeltaSchema(model.Columns),
            model.PartitionColumns,
            cancellation
        );
        return new ModelRun(plan, lake, engine, catalog, options, changes, table);
    }

    /// <summary>Computes what changes; the files of the answer are written and durable.</summary>
    public async Task<ModelChange> ComputeAsync(CancellationToken cancellation)
    {
        if (_plan.Kind == ModelPlanKind.NoteOnly)
            return ModelChange.None;
        await MakeSetsAsync(cancellation);
        return Model.Refresh switch
        {
            ModelRefresh.Additive when !Model.TakesAway => await AddAsync(cancellation),
            ModelRefresh.Additive when _plan.Kind == ModelPlanKind.Incremental => await AddAndTakeAwayAsync(
                cancellation
            ),
            ModelRefresh.Keyed when Model.Chains is { } chains => await FollowChainsAsync(chains, cancellation),
            ModelRefresh.Keyed when _plan.Kind == ModelPlanKind.Incremental => await RecomputeAsync(cancellation),
            _ => await RebuildAsync(cancellation),
        };
    }

    /// <summary>The files of a change may be the table's from now on; disposing leaves them.</summary>
    public void HandOver(ModelChange change)
    {
        foreach (var file in change.Adds)
            _written.Remove(file.Path);
    }

    /// <summary>The change was not committed, for certain; disposing deletes its files.</summary>
    public void TakeBack(ModelChange change)
    {
        foreach (var file in change.Adds)
            _written[file.Path] = file;
    }

    public async ValueTask DisposeAsync()
    {
        _scratch.Dispose();
        await _lake.Staging.DropAsync(_written.Values);
    }

    /// <summary>Everything computed anew; dates (or the whole table, where it has none) that come out the same stay as
    /// they are.</summary>
    private async Task<ModelChange> RebuildAsync(CancellationToken cancellation)
    {
        var fresh = await WriteAsync(SelectOf(Model), await WholeSetsAsync(cancellation), cancellation);
        await CheckAsync(fresh, cancellation);
        return await ReplaceAsync(fresh, Old, ComparableColumns(), cancellation);
    }

    /// <summary>Puts <paramref name="fresh"/> in place of <paramref name="old"/>, date by date where they
    /// differ.</summary>
    private async Task<ModelChange> ReplaceAsync(
        IReadOnlyList<StagedFile> fresh,
        IReadOnlyCollection<AddFile> old,
        string comparable,
        CancellationToken cancellation
    )
    {
        // Files with other columns compare with nothing, and none of them may stay.
        if (old.Count == 0 || _plan.ChangesColumns)
            return new ModelChange(await SealAsync(fresh, cancellation), [.. old]);
        ParquetSet[] sets =
        [
            OwnSet("fresh", fresh.Select(file => _table.AddressOf(file.Path))),
            OwnSet("old", old.Select(file => _table.AddressOf(file.Path))),
        ];
        var changed = await DifferingDatesAsync(
            $"select {comparable.Replace("{table}", "fresh", StringComparison.Ordinal)}",
            $"select {comparable.Replace("{table}", "old", StringComparison.Ordinal)}",
            sets,
            cancellation
        );
        var kept = fresh.Where(file => changed.Contains(file.PartitionDate)).ToList();
        return new ModelChange(
            await SealAsync(kept, cancellation),
            [.. old.Where(file => changed.Contains(file.EventDate))]
        );
    }

    /// <summary>What of a table's rows is compared: all columns, or for partial sums the sums.</summary>
    private string ComparableColumns()
    {
        var grain = string.Join(", ", Model.Grain);
        if (Model.Refresh != ModelRefresh.Additive)
            return string.Join(", ", Model.Columns.Select(column => column.Name)) + " from {table}";
        var sums = Sums.Select(sum => $"sum({sum}) as {sum}");
        return $"{grain}, {string.Join(", ", sums)} from {{table}} group by {grain} having {AnySum()}";
    }

    /// <summary>
    /// Dates on which two SELECTs differ; for a table without dates the null date stands for all of it. Sums of hashes,
    /// which cost little, show most dates that do; only where they are the same the rows themselves are compared.
    /// </summary>
    private async Task<HashSet<DateOnly?>> DifferingDatesAsync(
        string one,
        string other,
        IReadOnlyList<ParquetSet> sets,
        CancellationToken cancellation
    )
    {
        // 31 bits of each: the sum of any number of rows is a long.
        var hash = $"key_hash({ColumnNames}) % 2147483648";
        var marks = $"""
            select date, sum(side) <> 0 or sum(side * mark) <> 0 as is_other from (
            select {DateText} as date, 1 as side, {hash} as mark from ({one}) as one_side
            union all
            select {DateText} as date, -1 as side, {hash} as mark from ({other}) as other_side
            ) as marks
            group by date
            """;
        var dates = new HashSet<DateOnly?>();
        var alike = new HashSet<DateOnly?>();
        using (var result = await ReadAsync(marks, sets, cancellation))
        {
            while (result.Read())
                (result.GetBoolean(1) ? dates : alike).Add(result.IsNull(0) ? null : result.GetDate(0));
        }

        if (alike.Count > 0)
            dates.UnionWith(await DifferingDatesAmongAsync(alike, one, other, sets, cancellation));
        return dates;
    }

    private async Task<HashSet<DateOnly?>> DifferingDatesAmongAsync(
        HashSet<DateOnly?> among,
        string one,
        string other,
        IReadOnlyList<ParquetSet> sets,
        CancellationToken cancellation
    )
    {
        var within = Model.IsPartitioned ? $" where {DatesText(among)}" : "";
        var select =
            $"select distinct {DateText} from "
            + Differing(
                ColumnNames,
                $"select * from ({one}) as one_side{within}",
                $"select * from ({other}) as other_side{within}"
            )
            + " as differing";
        return await ReadDatesAsync(select, sets, cancellation);
    }

    /// <summary>The date of a row, which is null in a table without dates.</summary>
    private string DateText => Model.IsPartitioned ? LakeTable.PartitionColumn : "cast(null as date)";

    private async Task<HashSet<DateOnly?>> ReadDatesAsync(
        string select,
        IReadOnlyList<ParquetSet> sets,
        CancellationToken cancellation
    )
    {
        var dates = new HashSet<DateOnly?>();
        using var result = await ReadAsync(select, sets, cancellation);
        while (result.Read())
            dates.Add(result.IsNull(0) ? null : result.GetDate(0));
        return dates;
    }

    /// <summary>That a row is of one of some dates, of which one may be null.</summary>
    private static string DatesText(IEnumerable<DateOnly?> dates) =>
        "("
        + string.Join(
            " or ",
            dates.Select(date => date is { } known ? $"event_date = date '{known:yyyy-MM-dd}'" : "event_date is null")
        )
        + ")";

    /// <summary>
    /// Rows of two SELECTs that are not in both as often, as a table expression; <c>side</c> is how many more
    /// <paramref name="one"/> has, below 0 how many fewer. One grouping of both, which costs a sixth of <c>except
    /// all</c> both ways.
    /// </summary>
    internal static string Differing(string columns, string one, string other) =>
        $"""
            (
            select {columns}, sum(side) as side from (
            select {columns}, 1 as side from ({one}) as one_side
            union all
            select {columns}, -1 as side from ({other}) as other_side
            ) as sides
            group by {columns}
            having sum(side) <> 0
            )
            """;

    private Task CheckAsync(IReadOnlyList<StagedFile> files, CancellationToken cancellation) =>
        CheckAsync(OwnSet("written", files.Select(file => _table.AddressOf(file.Path))), cancellation);

    private async Task CheckAsync(ParquetSet rows, CancellationToken cancellation)
    {
        var beyond = MoneySums.Count(Model);
        ModelCheck[] counted = beyond is null ? [.. Model.Checks] : [.. Model.Checks, beyond];
        if (rows.Files.Count == 0 || counted.Length == 0)
            return;
        using var result = await ReadAsync(
            ModelCheck.CountsOf(counted),
            [rows with { Name = "written" }],
            cancellation
        );
        result.Read();
        for (var i = 0; i < Model.Checks.Count; i++)
        {
            if (result.GetInt64(i) is > 0 and var count)
                throw new ModelException(
                    $"model {Model.Name}: {Model.Checks[i].Text} does not hold for {count} rows; nothing was committed"
                )
                {
                    IsBrokenCheck = true,
                };
        }

        if (beyond is not null && result.GetInt64(Model.Checks.Count) > 0)
            await WarnAsync(rows, beyond, cancellation);
    }

    private async Task WarnAsync(ParquetSet rows, ModelCheck beyond, CancellationToken cancellation)
    {
        var cells = new List<(string, string)>();
        using var result = await ReadAsync(
            MoneySums.Named(Model, beyond, _engine.Dialect),
            [rows with { Name = "written" }],
            cancellation
        );
        while (result.Read())
            cells.Add((result.GetString(0) ?? "", result.GetString(1) ?? ""));
        _warnings.AddRange(MoneySums.Warnings(Model, cells));
    }

    private Task<QueryResult> ReadAsync(
        string select,
        IReadOnlyList<ParquetSet> sets,
        CancellationToken cancellation
    ) => _engine.ReadAsync(_engine.Dialect.Translate(select), Doubled.With(sets), cancellation);

    /// <summary>Writes rows as files of the table, which no reader sees before a commit names them.</summary>
    private async Task<IReadOnlyList<StagedFile>> WriteAsync(
        string select,
        IReadOnlyList<ParquetSet> sets,
        CancellationToken cancellation
    )
    {
        var files = await _lake.Staging.WriteAsync(
            _engine,
            _engine.Dialect.Translate(select),
            Doubled.With(sets),
            Model.Name,
            OutputTo,
            cancellation
        );
        foreach (var file in files)
            _written.Add(file.Path, file);
        return files;
    }

    private ParquetOutput OutputTo(string folder) =>
        new(folder)
        {
            PartitionColumn = Model.IsPartitioned ? LakeTable.PartitionColumn : null,
            IsVersion2 = LakeTable.CanBeVersion2(Model.Columns),
        };

    /// <summary>Writes rows that are needed on the way.</summary>
    private async Task<IReadOnlyList<string>> ScratchAsync(
        string name,
        string select,
        IReadOnlyList<ParquetSet> sets,
        CancellationToken cancellation
    ) => await ScratchInAsync(_scratch.NewFolder(name), select, sets, cancellation);

    private async Task<IReadOnlyList<string>> ScratchInAsync(
        string folder,
        string select,
        IReadOnlyList<ParquetSet> sets,
        CancellationToken cancellation
    )
    {
        var output = new ParquetOutput(folder) { IsScratch = true, IsVersion2 = true };
        var files = await _engine.WriteAsync(
            _engine.Dialect.Translate(select),
            Doubled.With(sets),
            output,
            cancellation
        );
        return [.. files.Where(file => file.Rows > 0).Select(file => file.Path)];
    }

    private async Task<IReadOnlyList<StagedFile>> SealAsync(
        IReadOnlyList<StagedFile> files,
        CancellationToken cancellation
    )
    {
        var kept = await _lake.Staging.SealAsync(files, cancellation);
        if (Model.Keys.Count > 0)
            await new MartKeys(_lake, Model.Name, Model.Keys).WriteAsync(kept, cancellation);
        return kept;
    }
}
