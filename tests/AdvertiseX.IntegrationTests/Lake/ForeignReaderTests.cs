using AdvertiseX.Columns;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>A reader nobody here wrote must see the same tables: rows, and count, sum, least and greatest of every column.</summary>
public sealed class ForeignReaderTests : IDisposable
{
    private readonly TestLake _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task ChDB_agrees_on_every_table_through_every_state_of_its_log()
    {
        using var lake = await _test.OpenAsync();
        await AgreeAsync(lake);

        for (var batch = 0; batch < 7; batch++) await TestRows.CommitAsync(lake, "it's s", batch * 30, batch * 30 + 30, TestLake.Day.AddDays(batch % 2));
        await lake.ApplyAsync();
        await AgreeAsync(lake);

        // A column more, a partition without a date, a merge, and with the tenth commit a checkpoint.
        await AddColumnAsync(lake);
        await AddUndatedAsync(lake);
        using var engine = new DuckDbEngine();
        Assert.NotEmpty(await Compaction.RunAsync(lake, engine, new() { MinFiles = 3 }));
        for (var batch = 7; batch < 12; batch++) await TestRows.CommitAsync(lake, "it's s", batch * 30, batch * 30 + 30, TestLake.Day.AddDays(2));
        await lake.ApplyAsync();
        Assert.NotNull(await lake.Store.FindAsync("impressions/_delta_log/_last_checkpoint"));
        Assert.NotNull(await lake.Store.FindAsync("ingest_ledger/_delta_log/_last_checkpoint"));
        await AgreeAsync(lake);

        // Readers that begin at the checkpoint.
        foreach (var table in lake.AllTables.Where(table => table.Delta.Latest.Version > 10))
            for (var version = 0; version < 10; version++) File.Delete(Path.Combine(_test.Folder, table.Name, "_delta_log", $"{version:D20}.json"));
        await AgreeAsync(lake);
    }

    private static async Task AddColumnAsync(DataLake lake)
    {
        var schema = DeltaSchema.Of(FactTables.Impressions);
        await lake.EnsureTableAsync("impressions", new([.. schema.Columns, new("added_later", DeltaType.Double)]), [LakeTable.PartitionColumn]);
    }

    private static async Task AddUndatedAsync(DataLake lake)
    {
        var schema = new DeltaSchema([new("name", DeltaType.String), new(LakeTable.PartitionColumn, DeltaType.Date)]);
        var table = await lake.EnsureTableAsync("undated", schema, [LakeTable.PartitionColumn]);
        foreach (var date in new DateOnly?[] { null, TestLake.Day })
        {
            var path = LakeTable.NewFilePath(date);
            using (var connection = lake.Engine.Connect()) connection.Execute($"COPY (SELECT 'a ' || i AS name FROM range(5) AS r(i)) TO {Sql.Text(table.AddressOf(path))}");
            var partition = new Dictionary<string, string?> { [LakeTable.PartitionColumn] = date?.ToString("yyyy-MM-dd") };
            var add = new AddFile(path, partition, await lake.Store.SealAsync(table.KeyOf(path)), 0, true, "{\"numRecords\":5}");
            await table.Delta.CommitAsync(new("WRITE") { Adds = [add] }, table.Delta.Latest);
        }
    }

    private async Task AgreeAsync(DataLake lake)
    {
        var tables = lake.AllTables.ToList();
        var theirs = await ChdbReader.QueryAsync(_test.Folder, [.. tables.Select(table => TheirQuery(lake, table))]);
        foreach (var (table, their) in tables.Zip(theirs))
        {
            var columns = table.Delta.Latest.Schema.Columns;
            var our = OurRow(lake, table);
            Assert.Equal(our[0], Assert.Single(their)[0]);
            for (var column = 0; column < columns.Count; column++)
                Assert.Equal((table.Name, columns[column].Name, our[column + 1]), (table.Name, columns[column].Name, their[0][column + 1]));
        }
    }

    private static string TheirQuery(DataLake lake, LakeTable table)
    {
        var folder = Path.GetDirectoryName(lake.Store.AddressOf($"{table.Name}/x"))!;
        var facts = table.Delta.Latest.Schema.Columns.Select(column => Facts(column, Sql.Name(column.Name), theirs: true));
        return $"SELECT toString(count()), {string.Join(", ", facts)} FROM deltaLakeLocal({Sql.Text(folder)})";
    }

    private static string?[] OurRow(DataLake lake, LakeTable table)
    {
        var snapshot = table.Delta.Latest;
        var sources = snapshot.Files.Values.Select(file =>
            $"SELECT *, {(file.EventDate is { } date ? $"DATE '{date:yyyy-MM-dd}'" : "CAST(NULL AS DATE)")} AS event_date FROM read_parquet({Sql.Text(table.AddressOf(file.Path))}, hive_partitioning = false)");
        var empty = $"SELECT {string.Join(", ", snapshot.Schema.Columns.Select(column => $"CAST(NULL AS {column.SqlType}) AS {Sql.Name(column.Name)}"))} WHERE false";
        var facts = snapshot.Schema.Columns.Select(column => Facts(column, Sql.Name(column.Name), theirs: false));
        using var connection = lake.Engine.Connect();
        using var result = connection.Query(
            $"SELECT count(*)::VARCHAR, {string.Join(", ", facts)} FROM ({string.Join(" UNION ALL BY NAME ", sources.Prepend(empty))})");
        var rows = result.Rows();
        Assert.True(rows.Read());
        return [.. Enumerable.Range(0, snapshot.Schema.Columns.Count + 1).Select(rows.GetNullableString)];
    }

    /// <summary>Count, sum, least and greatest of a column as one text, in ClickHouse's words or in DuckDB's.</summary>
    private static string Facts(DeltaColumn column, string name, bool theirs)
    {
        // Of no rows ClickHouse gives a default where DuckDB gives null.
        var (sum, min, max) = theirs ? ("sumOrNull", "minOrNull", "maxOrNull") : ("sum", "min", "max");
        string[] parts = column.Type switch
        {
            DeltaType.String => [$"{min}({name})", $"{max}({name})"],
            DeltaType.Long or DeltaType.Integer => [$"{sum}({(theirs ? $"toInt128({name})" : name)})", $"{min}({name})", $"{max}({name})"],
            DeltaType.Boolean => theirs ? [$"countIf({name} = true)"] : [$"count(*) FILTER ({name})"],
            DeltaType.Date => [$"{min}({name})", $"{max}({name})"],
            DeltaType.Timestamp => theirs
                ? [$"toUnixTimestamp64Micro({min}({name}))", $"toUnixTimestamp64Micro({max}({name}))"]
                : [$"epoch_us(min({name}))", $"epoch_us(max({name}))"],
            DeltaType.Double => [theirs ? $"toInt64(round({sum}({name}) * 100))" : $"CAST(round({sum}({name}) * 100) AS BIGINT)"],
            _ => [$"hex({min}({name}))", $"hex({max}({name}))"],
        };
        return "concat(" + string.Join(", '|', ", parts.Prepend($"count({name})").Select(part =>
            theirs ? $"ifNull(toString({part}), '-')" : $"ifnull(({part})::VARCHAR, '-')")) + ")";
    }
}
