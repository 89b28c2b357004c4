using AdvertiseX.Configuration;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Models;

/// <summary>
/// Evaluates models over inputs of one's choosing: the same SELECTs as a run, nothing of the lake changed. A table is
/// pinned to the version that it has when it is first read. What is computed lies in a folder of the trial's own, gone
/// when it is disposed. For one thread at a time.
/// </summary>
internal sealed class ModelTrial : IDisposable
{
    private readonly DataLake _lake;
    private readonly IQueryEngine _engine;
    private readonly ModelCatalog _catalog;
    private readonly ModelRunnerOptions _options;
    private readonly ScratchSpace _scratch;
    private readonly ChangeSets _changes;
    private readonly DoubledEvents _doubled;

    // Sets that were made before all tables were replaced still leave them out.
    private DoubledRows _doubledRows = DoubledRows.None;
    private readonly Dictionary<string, InputState> _tables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _replaced = new(StringComparer.Ordinal);
    private int _replacements;

    /// <param name="lake">Where tables are read that nothing was put in place of.</param>
    /// <param name="engine">Evaluates; stays the caller's.</param>
    /// <param name="catalog">The models; null for those shipped.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public ModelTrial(
        DataLake lake,
        IQueryEngine engine,
        ModelCatalog? catalog = null,
        ModelRunnerOptions? options = null
    )
    {
        (_lake, _engine, _catalog, _options) = (
            lake,
            engine,
            catalog ?? ModelCatalog.Shipped,
            OptionCheck.Require(options ?? new ModelRunnerOptions())
        );
        _scratch = ScratchSpace.Create(_options.ScratchDirectory, "trial");
        _doubled = new DoubledEvents(lake, engine, TimeProvider.System, 1);
        _changes = new ChangeSets(_engine, _catalog, _options, (_, stop) => _doubled.TryAsync(_scratch, stop));
    }

    /// <summary>How SQL for this trial is written; what it reads and replaces is translated.</summary>
    public SqlDialect Dialect => _engine.Dialect;

    /// <summary>The files that hold a table in this trial.</summary>
    public async ValueTask<IReadOnlyList<LakeFile>> FilesAsync(string table, CancellationToken cancellation) =>
        (await StateAsync(table, cancellation)).Files;

    /// <summary>A table of this trial as SQL sees it, of some files or all, under its own name or another.</summary>
    public async ValueTask<ParquetSet> SetAsync(
        string table,
        CancellationToken cancellation,
        string? name = null,
        Func<LakeFile, bool>? only = null
    )
    {
        var files = await FilesAsync(table, cancellation);
        return SetOf(table, only is null ? files : [.. files.Where(only)], name);
    }

    /// <summary>Some files of a table as SQL sees it.</summary>
    public ParquetSet SetOf(string table, IReadOnlyList<LakeFile> files, string? name = null)
    {
        var set = _catalog.Set(name ?? table, table, files.Select(file => file.Address));
        // A table of an earlier version of a model lacks the columns that joined it since.
        var doubled = _tables.GetValueOrDefault(table)?.Doubled ?? DoubledRows.None;
        return doubled.Without(set, table, files) with
        {
            FilesMayLackColumns = set.FilesMayLackColumns || IsModel(table),
        };
    }

    /// <summary>Puts the rows of a SELECT, which has the columns of the table, in its place for everything from now
    /// on.</summary>
    public async Task ReplaceAsync(
        string table,
        string select,
        IReadOnlyList<ParquetSet> sets,
        CancellationToken cancellation
    )
    {
        var columns = string.Join(", ", _catalog.ColumnsOf(table).Select(column => column.Name));
        var output = new ParquetOutput(_scratch.NewFolder(table)) { PartitionColumn = PartitionOf(table) };
        var rows = _engine.Dialect.Translate($"select {columns} from (\n{select}\n) as replacing");
        Replace(table, FilesOf(table, await _engine.WriteAsync(rows, _doubledRows.With(sets), output, cancellation)));
    }

    /// <summary>Puts files, laid out as the table's are, in its place for everything from now on.</summary>
    public void Replace(string table, IReadOnlyList<LakeFile> files)
    {
        // What is shared goes by versions: no two replacements are one, nor a table that is not there.
        _tables[table] = new InputState
        {
            Table = table,
            Consumed = -1,
            Version = -2 - _replacements++,
            Files = files,
        };
        _replaced.Add(table);
    }

    /// <summary>Reads a table at this version from now on; null for a table without rows.</summary>
    public void Pin(string table, DeltaSnapshot? snapshot) =>
        _tables[table] = new InputState
        {
            Table = table,
            Consumed = -1,
            Version = snapshot?.Version ?? -1,
            Files = snapshot is null ? [] : _lake.Table(table).FilesOf(snapshot),
        };

    /// <summary>All rows that a model makes of the trial's tables.</summary>
    /// <exception cref="QueryException">The SELECT failed.</exception>
    public async Task<IReadOnlyList<LakeFile>> EvaluateAsync(string model, CancellationToken cancellation)
    {
        var definition = _catalog.Find(model);
        var inputs = new List<InputState>();
        foreach (var table in _catalog.TablesOf(definition))
            inputs.Add(await StateAsync(table, cancellation));
        var plan = new ModelPlan
        {
            Model = definition,
            Kind = ModelPlanKind.Full,
            Reason = "tried",
            Inputs = inputs,
            Fingerprint = _catalog.FingerprintOf(definition, _options.TrafficRules),
        };
        await using var run = ModelRun.Trial(plan, _lake, _engine, _catalog, _options, _changes);
        return FilesOf(model, await run.TryAsync(_scratch.NewFolder(model), cancellation));
    }

    /// <summary>
    /// Puts fresh rows in place of a model's table, and of those that it reads, where the lake's are behind their
    /// inputs, so that they hold what <c>adx run</c> would make of them.
    /// </summary>
    public async Task BringUpToDateAsync(string model, CancellationToken cancellation)
    {
        if (_replaced.Contains(model))
            return;
        var stale = await OriginAsync(model, cancellation) is not { Reason: null };
        foreach (var read in _catalog.TablesOf(_catalog.Find(model)).Where(IsModel))
        {
            await BringUpToDateAsync(read, cancellation);
            stale |= _replaced.Contains(read);
        }

        if (stale)
            Replace(model, await EvaluateAsync(model, cancellation));
    }

    /// <summary>What the lake's table of a model was made from, beside what there is now; null when there is no such
    /// table.</summary>
    public ValueTask<MartState?> OriginAsync(string model, CancellationToken cancellation) =>
        MartState.ReadAsync(_lake, _catalog, _options.TrafficRules, model, [], cancellation);

    /// <summary>What changed since tables of models were computed.</summary>
    public ValueTask<MartStaleness> StalenessAsync(IEnumerable<string> tables, CancellationToken cancellation) =>
        MartStaleness.ReadAsync(_lake, _options.TrafficRules, tables, cancellation, _catalog);

    /// <summary>Starts a SELECT over tables of this trial.</summary>
    public Task<QueryResult> ReadAsync(string select, IReadOnlyList<ParquetSet> sets, CancellationToken cancellation) =>
        _engine.ReadAsync(_engine.Dialect.Translate(select), _doubledRows.With(sets), cancellation);

    /// <summary>Rows that are needed on the way, as a set of that name.</summary>
    public async Task<ParquetSet> ScratchAsync(
        string name,
        IReadOnlyList<ParquetColumn> columns,
        string select,
        IReadOnlyList<ParquetSet> sets,
        CancellationToken cancellation
    )
    {
        var files = await _engine.WriteAsync(
            _engine.Dialect.Translate(select),
            _doubledRows.With(sets),
            new ParquetOutput(_scratch.NewFolder(name)),
            cancellation
        );
        return new ParquetSet(name, columns, [.. files.Where(file => file.Rows > 0).Select(file => file.Path)]);
    }

    /// <summary>What clocks show in the zones that campaigns and advertisers name, on the dates of some
    /// tables.</summary>
    public async Task<ParquetSet> ZoneOffsetsAsync(IReadOnlyList<string> tables, CancellationToken cancellation)
    {
        var dates = new List<DateOnly>();
        foreach (var table in tables)
            dates.AddRange((await FilesAsync(table, cancellation)).Select(file => file.EventDate).OfType<DateOnly>());
        if (dates.Count == 0)
            dates.Add(DateOnly.FromDateTime(DateTime.UnixEpoch));
        var zones = new List<string>();
        foreach (var described in (string[])["campaigns", "advertisers"])
        {
            using var rows = await ReadAsync(
                $"select distinct time_zone from {described} where time_zone is not null",
                [await SetAsync(described, cancellation)],
                cancellation
            );
            while (rows.Read())
                zones.Add(rows.GetString(0)!);
        }

        return await ScratchAsync(
            ZoneOffsets.Name,
            ZoneOffsets.Columns,
            ZoneOffsets.Select(zones, dates.Min(), dates.Max()),
            [],
            cancellation
        );
    }

    /// <summary>The SELECT of a staging model, to stand in front of another.</summary>
    public string StagingSql(string name) => _catalog.Staging(name).Sql;

    /// <summary>The columns of a table.</summary>
    public IReadOnlyList<ParquetColumn> ColumnsOf(string table) => _catalog.ColumnsOf(table);

    public void Dispose()
    {
        _changes.Dispose();
        _doubled.Dispose();
        _scratch.Dispose();
    }

    private async ValueTask<InputState> StateAsync(string table, CancellationToken cancellation)
    {
        if (!_tables.TryGetValue(table, out var state))
            _tables[table] = state = await InputState.ReadAsync(_lake, table, consumed: -1, cancellation);
        // What was put in place of a table has none of the rows that are left out.
        if (!_replaced.Contains(table) && state.Doubled == DoubledRows.None)
            _tables[table] = state = (await _changes.WithDoubledAsync([state], cancellation))[0];
        if (state.Doubled.Files.Count > 0)
            _doubledRows = state.Doubled;
        return state;
    }

    private bool IsModel(string table) => _catalog.Ordered.Any(model => model.Name == table);

    private string? PartitionOf(string table) =>
        _catalog.ColumnsOf(table).Any(column => column.Name == LakeTable.PartitionColumn)
            ? LakeTable.PartitionColumn
            : null;

    private static IReadOnlyList<LakeFile> FilesOf(string table, IReadOnlyList<WrittenFile> files) =>
        [
            .. files
                .Where(file => file.Rows > 0)
                .Select(file => new LakeFile(
                    table,
                    file.Path,
                    file.Path,
                    file.PartitionValue is { } date ? DateOnly.ParseExact(date, "yyyy-MM-dd") : null,
                    file.Rows,
                    file.Bytes,
                    null,
                    null
                )),
        ];
}
