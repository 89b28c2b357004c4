using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Tests.Lake;

/// <summary>Files that engines make in a lake: named relative to their table, and gone where a call failed or had no
/// rows.</summary>
public sealed class StagingAreaTests : IDisposable
{
    private readonly TestLake _test = new();
    private readonly DuckDbEngine _engine = new(new DuckDbEngineOptions { MemoryLimitMebibytes = 128, Threads = 1 });

    [Fact]
    public async Task Files_are_named_from_their_table_on_and_can_be_read_where_the_store_says()
    {
        using var lake = await _test.OpenAsync();
        const string Select = "SELECT i, DATE '2024-03-01' + CAST(i % 3 AS INTEGER) AS event_date FROM range(30) t(i)";
        var files = await lake.Staging.WriteAsync(
            _engine,
            Select,
            [],
            "numbers",
            folder => new ParquetOutput(folder) { PartitionColumn = "event_date" },
            default
        );
        Assert.Equal(30, files.Sum(file => file.Rows));
        Assert.Equal([1, 2, 3], files.Select(file => file.PartitionDate!.Value.Day).Distinct().Order());
        Assert.All(files, file => Assert.StartsWith($"event_date={file.PartitionDate:yyyy-MM-dd}/part-", file.Path));
        await lake.Staging.SealAsync(files, default);
        foreach (var file in files)
            Assert.Equal(file.SizeBytes, (await lake.Store.FindAsync(file.Key))!.Value.SizeBytes);

        await lake.Staging.DropAsync(files);
        Assert.Empty(await KeysAsync(lake, "numbers/"));
    }

    [Fact]
    public async Task Rows_of_one_partition_go_to_its_folder()
    {
        using var lake = await _test.OpenAsync();
        var file = Assert.Single(
            await lake.Staging.WriteAsync(
                _engine,
                "SELECT 1 AS i",
                [],
                "numbers",
                folder => new ParquetOutput(folder),
                default,
                "event_date=2024-03-01"
            )
        );
        Assert.StartsWith("event_date=2024-03-01/part-", file.Path);
        Assert.NotNull(await lake.Store.FindAsync("numbers/" + file.Path));
    }

    [Fact]
    public async Task No_rows_make_no_file()
    {
        using var lake = await _test.OpenAsync();
        Assert.Empty(
            await lake.Staging.WriteAsync(
                _engine,
                "SELECT 1 AS i WHERE false",
                [],
                "numbers",
                folder => new ParquetOutput(folder),
                default
            )
        );
        Assert.Empty(await KeysAsync(lake, "numbers/"));
    }

    [Theory]
    [InlineData("SELECT no_such_column FROM range(3)", null)]
    [InlineData(
        "SELECT CASE WHEN i < 200000 THEN i ELSE CAST('x' AS BIGINT) END AS i, i % 2 AS side FROM range(400000) t(i)",
        "side"
    )]
    public async Task A_call_that_failed_leaves_nothing_and_touches_nothing_else(string select, string? partition)
    {
        using var lake = await _test.OpenAsync();
        var kept = await lake.Staging.WriteAsync(
            _engine,
            "SELECT 1 AS i",
            [],
            "numbers",
            folder => new ParquetOutput(folder),
            default
        );
        await Assert.ThrowsAsync<QueryException>(() =>
            lake.Staging.WriteAsync(
                _engine,
                select,
                [],
                "numbers",
                folder => new ParquetOutput(folder) { PartitionColumn = partition },
                default
            )
        );
        Assert.Equal([Assert.Single(kept).Key], await KeysAsync(lake, "numbers/"));
    }

    [Fact]
    public async Task A_cancelled_call_leaves_nothing()
    {
        using var lake = await _test.OpenAsync();
        using var source = new CancellationTokenSource();
        var write = lake.Staging.WriteAsync(
            _engine,
            "SELECT a.range, hash(b.range) FROM range(1000000) a, range(1000000) b",
            [],
            "numbers",
            folder => new ParquetOutput(folder) { RowGroupRows = 2_048 },
            source.Token
        );
        source.CancelAfter(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        Assert.Empty(await KeysAsync(lake, "numbers/"));
    }

    [Fact]
    public async Task An_address_outside_of_the_store_has_no_key()
    {
        using var lake = await _test.OpenAsync();
        Assert.Equal("a/b=1/c.parquet", lake.Store.KeyOf(lake.Store.AddressOf("a/b=1/c.parquet")));
        Assert.Throws<ArgumentException>(() => lake.Store.KeyOf(Path.Combine(Path.GetTempPath(), "elsewhere")));
    }

    public void Dispose()
    {
        _engine.Dispose();
        _test.Dispose();
    }

    private static async Task<List<string>> KeysAsync(DataLake lake, string prefix)
    {
        var keys = new List<string>();
        await foreach (var found in lake.Store.ListAsync(prefix))
            keys.Add(found.Key);
        return keys;
    }
}
