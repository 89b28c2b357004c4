using System.Globalization;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Models;
using AdvertiseX.Parquet;
using AdvertiseX.Reference;
using AdvertiseX.Tests.Lake;
using AdvertiseX.Tests.Parquet;

namespace AdvertiseX.Tests.Models;

/// <summary>A lake in a folder of its own, filled with facts row by row, without ingestion.</summary>
internal sealed class FactLake : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;

    private FactLake(DataLake lake, DirectoryInfo folder) => (Lake, _folder) = (lake, folder);

    public DataLake Lake { get; }

    public DuckDbEngine Engine => SharedEngines.Models;

    public string Folder => _folder.FullName;

    /// <param name="clock">Says when its commits are made; null for the system's.</param>
    public static async Task<FactLake> CreateAsync(TimeProvider? clock = null)
    {
        var folder = Directory.CreateTempSubdirectory("adx-models-");
        var path = Path.Combine(folder.FullName, "lake");
        return new FactLake(
            await DataLake.OpenAsync(
                new LocalObjectStore(path),
                path,
                create: true,
                clock ?? TimeProvider.System,
                SharedEngines.Lake
            ),
            folder
        );
    }

    /// <summary>The limits that its runs go by.</summary>
    public TrafficRules Rules { get; set; } = new();

    /// <summary>The models that its runs refresh and whose tables it reads.</summary>
    public ModelCatalog Catalog { get; set; } = ModelCatalog.Shipped;

    /// <summary>How many models its runs refresh at once: more than one, so that every test of models is one of this
    /// too.</summary>
    public int ModelsAtOnce { get; set; } = 3;

    public ModelRunner Runner(ModelCatalog? catalog = null) =>
        new(
            Engine,
            catalog ?? Catalog,
            new ModelRunnerOptions
            {
                ScratchDirectory = _folder.FullName,
                TrafficRules = Rules,
                ModelsAtOnce = ModelsAtOnce,
            }
        );

    public Task<IReadOnlyList<ModelResult>> RunAsync(params string[] which) => Runner().RunAsync(Lake, which);

    /// <summary>Appends facts, one file a date and one commit; columns that are not given are null, or made up where
    /// that is not allowed.</summary>
    public Task AddAsync(string table, IEnumerable<Dictionary<string, string>> records) =>
        AddAsync(FactTables.All.Single(each => each.Name == table), records);

    /// <summary>Appends facts to files with columns of an earlier version.</summary>
    public async Task AddAsync(TableSchema schema, IEnumerable<Dictionary<string, string>> records)
    {
        var adds = new List<StagedFile>();
        foreach (var day in records.GroupBy(record => DateOnly.FromDateTime(TimeOf(record["event_time"]).UtcDateTime)))
            adds.Add(await StageAsync(schema, day.Key, day));
        var target = Lake.Table(schema.Name);
        var snapshot = await target.Delta.RefreshAsync();
        var change = new DeltaChange("WRITE")
        {
            Adds = [.. adds.Select(file => LakeTable.AddOf(file, snapshot.Metadata, DateTimeOffset.UnixEpoch))],
        };
        Assert.Equal(DeltaCommitOutcome.Committed, (await target.Delta.CommitAsync(change, snapshot)).Outcome);
    }

    /// <summary>Takes all files of a table out and puts these rows in, as an erasure does.</summary>
    public async Task RewriteAsync(string table, IEnumerable<Dictionary<string, string>> records)
    {
        var schema = FactTables.All.Single(each => each.Name == table);
        var target = Lake.Table(table);
        var adds = new List<StagedFile>();
        foreach (var day in records.GroupBy(record => DateOnly.FromDateTime(TimeOf(record["event_time"]).UtcDateTime)))
            adds.Add(await StageAsync(schema, day.Key, day));
        var snapshot = await target.Delta.RefreshAsync();
        var change = new DeltaChange("ERASE")
        {
            Adds = [.. adds.Select(file => LakeTable.AddOf(file, snapshot.Metadata, DateTimeOffset.UnixEpoch))],
            Removes =
            [
                .. snapshot.Files.Values.Select(file =>
                    RemoveFile.Of(file, DateTimeOffset.UnixEpoch, dataChange: true)
                ),
            ],
        };
        Assert.Equal(DeltaCommitOutcome.Committed, (await target.Delta.CommitAsync(change, snapshot)).Outcome);
    }

    /// <summary>Loads reference tables from their rows.</summary>
    public async Task DescribeAsync(params IReadOnlyList<PipeTable> tables)
    {
        var files = new List<string>();
        foreach (var table in tables)
        {
            files.Add(Path.Combine(_folder.FullName, table.Name + ".csv"));
            var lines = table
                .Rows.Prepend(table.Columns)
                .Select(row => string.Join(',', row.Select(cell => $"\"{cell}\"")));
            await File.WriteAllLinesAsync(files[^1], lines);
        }

        await new ReferenceLoader(Lake).LoadAsync(files);
    }

    /// <summary>Rows of a table as lines, sorted: the columns named, or all; <paramref name="rest"/> follows the
    /// table's name.</summary>
    public async Task<List<string>> RowsAsync(string table, IReadOnlyList<string>? columns = null, string rest = "")
    {
        var source = Lake.Table(table);
        var files = source.FilesOf(await source.Delta.RefreshAsync());
        var known = Catalog.ColumnsOf(table);
        var set = new ParquetSet(table, known, [.. files.Select(file => file.Address)])
        {
            FilesMayLackColumns = true,
            PartitionColumn = known.Any(column => column.Name == LakeTable.PartitionColumn)
                ? LakeTable.PartitionColumn
                : null,
        };
        var cells = (columns ?? [.. known.Select(column => column.Name)]).Select(column =>
            $"coalesce(cast({column} as varchar), '')"
        );
        using var result = await Engine.ReadAsync(
            $"select {string.Join(", ", cells)} from {FoldedSelect(table)} {rest}",
            [set],
            default
        );
        var lines = new List<string>();
        while (result.Read())
            lines.Add(PipeTable.Line(Enumerable.Range(0, result.Columns.Count).Select(i => result.GetString(i)!)));
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    /// <summary>Rows of facts that models leave out: table, id and date, sorted.</summary>
    public async Task<List<string>> DoubledAsync()
    {
        var rows = await DoubledRows.ReadAsync(Lake, Engine, default);
        using var result = await Engine.ReadAsync(
            $"select fact || ' | ' || event_id || ' | ' || row_date from {DoubledRows.Name} order by 1",
            [rows.Set],
            default
        );
        var lines = new List<string>();
        while (result.Read())
            lines.Add(result.GetString(0)!);
        return lines;
    }

    /// <summary>The table's rows, partial sums summed: an additive table may have a cell's rows from several
    /// commits.</summary>
    private string FoldedSelect(string table)
    {
        if (
            Catalog.Ordered.FirstOrDefault(model => model.Name == table)
            is not { Refresh: ModelRefresh.Additive } additive
        )
            return table;
        var grain = string.Join(", ", additive.Grain);
        var sums = additive
            .Columns.Where(column => !additive.Grain.Contains(column.Name))
            .Select(column => $"sum({column.Name}) as {column.Name}");
        // Of rows that came and went again sums of nothing are left.
        var left = string.Join(
            " or ",
            additive
                .Columns.Where(column => !additive.Grain.Contains(column.Name))
                .Select(column => $"coalesce(sum({column.Name}), 0) <> 0")
        );
        return $"(select {grain}, {string.Join(", ", sums)} from {table} group by {grain} having {left}) as folded";
    }

    public ValueTask DisposeAsync()
    {
        Lake.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<StagedFile> StageAsync(
        TableSchema schema,
        DateOnly day,
        IEnumerable<Dictionary<string, string>> records
    )
    {
        using var batch = new ColumnBatch(schema);
        foreach (var record in records)
        {
            foreach (var column in batch.Columns)
                Set(batch, column, record);
            batch.AddRow();
        }

        var path = LakeTable.NewFilePath(day);
        var table = Lake.Table(schema.Name);
        var info = ParquetFiles.Write(
            table.AddressOf(path),
            batch,
            Enumerable.Range(0, batch.Rows).ToArray(),
            new ParquetOptions()
        );
        await Lake.Store.SealAsync(table.KeyOf(path));
        return new StagedFile(schema.Name, path, day, info.Rows, info.SizeBytes, info.StatsJson);
    }

    private static void Set(ColumnBatch batch, Column column, Dictionary<string, string> record)
    {
        var name = column.Definition.Name;
        var text =
            record.GetValueOrDefault(name)
            ?? (name, column.Definition.Nullable) switch
            {
                ("event_key", _) => Key(record["event_id"]),
                (_, _) when column.Definition.KeyOf is { } of => record.GetValueOrDefault(of) is { Length: > 0 } id
                    ? Key(id)
                    : null,
                ("event_date", _) => null,
                ("received_time" or "processed_time", _) => record["event_time"],
                ("payload_hash" or "stream_offset", _) => "0",
                (_, false) => "test",
                _ => null,
            };
        if (text is null)
            return;
        switch (column)
        {
            case FixedColumn<long> number:
                number.Set(
                    batch.Rows,
                    column.Definition.Type == ColumnType.Timestamp
                        ? MicrosOf(text)
                        : long.Parse(text, CultureInfo.InvariantCulture)
                );
                break;
            case FixedColumn<int> number:
                number.Set(batch.Rows, int.Parse(text, CultureInfo.InvariantCulture));
                break;
            case FixedColumn<byte> flag:
                flag.Set(batch.Rows, text == "true" ? (byte)1 : (byte)0);
                break;
            case TextColumn words:
                words.Set(batch.Rows, Encoding.UTF8.GetBytes(text));
                break;
            case DictionaryColumn words:
                words.Set(batch.Rows, Encoding.UTF8.GetBytes(text));
                break;
        }
    }

    private static string Key(string id) =>
        ((long)StableHash.Hash64(Encoding.UTF8.GetBytes(id))).ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset TimeOf(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static long MicrosOf(string text) =>
        (TimeOf(text).UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
