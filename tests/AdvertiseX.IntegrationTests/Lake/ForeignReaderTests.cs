using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>A reader nobody here wrote must see the same tables: rows, and count, sum, least and greatest of every
/// column.</summary>
public sealed class ForeignReaderTests : IDisposable
{
    private readonly TestLake _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task ChDB_agrees_on_every_table_through_every_state_of_its_log()
    {
        using var lake = await _test.OpenAsync();
        await AgreeAsync(lake);

        for (var batch = 0; batch < 7; batch++)
            await TestRows.CommitAsync(lake, "it's s", batch * 30, batch * 30 + 30, TestLake.Day.AddDays(batch % 2));
        await lake.ApplyAsync();
        await AgreeAsync(lake);

        // A column more, a partition without a date, a merge, and a checkpoint of all of it.
        await AddColumnAsync(lake);
        await AddUndatedAsync(lake);
        using var engine = new DuckDbEngine();
        Assert.NotEmpty(await Compaction.RunAsync(lake, engine, new() { MinFiles = 3 }));
        for (var batch = 7; batch < 12; batch++)
            await TestRows.CommitAsync(lake, "it's s", batch * 30, batch * 30 + 30, TestLake.Day.AddDays(2));
        await lake.ApplyAsync();
        foreach (var table in lake.AllTables.Where(table => table.Delta.Latest.Version > 10))
            await table.Delta.Checkpoints.WriteAsync(table.Delta.Latest, default);
        await TestRows.CommitAsync(lake, "it's s", 360, 390, TestLake.Day.AddDays(2));
        await lake.ApplyAsync();
        Assert.NotNull(await lake.Store.FindAsync("impressions/_delta_log/_last_checkpoint"));
        Assert.NotNull(await lake.Store.FindAsync("ingest_ledger/_delta_log/_last_checkpoint"));
        await AgreeAsync(lake);

        // Readers that begin at the checkpoint.
        foreach (var table in lake.AllTables.Where(table => table.Delta.Latest.Version > 10))
            for (var version = 0; version < 10; version++)
                File.Delete(Path.Combine(_test.Folder, table.Name, "_delta_log", $"{version:D20}.json"));
        await AgreeAsync(lake);
    }

    private static async Task AddColumnAsync(DataLake lake)
    {
        var schema = DeltaSchema.Of(FactTables.Impressions);
        await lake.EnsureTableAsync(
            "impressions",
            new([.. schema.Columns, new("added_later", DeltaType.Double)]),
            [LakeTable.PartitionColumn]
        );
    }

    private static async Task AddUndatedAsync(DataLake lake)
    {
        var schema = new DeltaSchema([new("name", DeltaType.String), new(LakeTable.PartitionColumn, DeltaType.Date)]);
        var table = await lake.EnsureTableAsync("undated", schema, [LakeTable.PartitionColumn]);
        foreach (var date in new DateOnly?[] { null, TestLake.Day })
        {
            var path = LakeTable.NewFilePath(date);
            using (var connection = lake.Engine.Connect())
                connection.Execute(
                    $"COPY (SELECT 'a ' || i AS name FROM range(5) AS r(i)) TO {SqlDialect.DuckDb.Text(table.AddressOf(path))}"
                );
            var partition = new Dictionary<string, string?>
            {
                [LakeTable.PartitionColumn] = date?.ToString("yyyy-MM-dd"),
            };
            var add = new AddFile(
                path,
                partition,
                await lake.Store.SealAsync(table.KeyOf(path)),
                0,
                true,
                "{\"numRecords\":5}"
            );
            await table.Delta.CommitAsync(new("WRITE") { Adds = [add] }, table.Delta.Latest);
        }
    }

    private Task AgreeAsync(DataLake lake) => ForeignComparison.AgreeAsync(lake, _test.Folder);
}
