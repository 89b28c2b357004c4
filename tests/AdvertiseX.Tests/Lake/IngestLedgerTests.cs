using AdvertiseX.Lake;

namespace AdvertiseX.Tests.Lake;

public sealed class IngestLedgerTests : IDisposable
{
    private readonly TestLake _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_folder_that_is_no_lake_is_told()
    {
        var told = await Assert.ThrowsAsync<LakeException>(async () => await _test.OpenAsync(create: false));
        Assert.Contains(_test.Folder, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_moves_positions_and_its_files_join_when_applied()
    {
        using var lake = await _test.OpenAsync();
        var version = await TestLake.CommitAsync(lake, "s", 0, 30);
        Assert.Equal(30, lake.Ledger.PositionOf("s"));
        Assert.Equal(0, TestLake.RowsOf(lake, "impressions"));
        var unapplied = Assert.Single(await lake.UnappliedFilesAsync());
        Assert.Equal((version, 30), (unapplied.StagedBy!.Value, unapplied.Rows));
        Assert.Equal([unapplied], (await lake.FilesAsync("impressions", new HashSet<DateOnly> { TestLake.Day })).Files);
        Assert.Empty((await lake.FilesAsync("impressions", new HashSet<DateOnly> { TestLake.Day.AddDays(1) })).Files);

        Assert.Equal(1, await lake.ApplyAsync());
        Assert.Equal(0, await lake.ApplyAsync());
        Assert.Equal(30, TestLake.RowsOf(lake, "impressions"));
        Assert.Equal(version, lake.Table("impressions").Delta.Latest.TransactionOf(DataLake.IngestAppId));
        Assert.Null(Assert.Single((await lake.FilesAsync("impressions")).Files).StagedBy);
    }

    [Fact]
    public async Task Opening_applies_what_was_left_unapplied()
    {
        using (var lake = await _test.OpenAsync())
        {
            await TestLake.CommitAsync(lake, "s", 0, 30);
            await TestLake.CommitAsync(lake, "s", 30, 40);
        }
        using var again = await _test.OpenAsync(create: false);
        Assert.Equal(40, TestLake.RowsOf(again, "impressions"));
        Assert.Equal(2, again.Table("impressions").Delta.Latest.Version);
        Assert.Equal(40, again.Ledger.PositionOf("s"));
    }

    // What a table's files need is known without reading all that happened since its last ones, which the log may no
    // longer hold.
    [Theory]
    [InlineData("clicks", false)]
    [InlineData("impressions", true)]
    public async Task A_table_gets_files_again_after_the_log_was_cleaned(string table, bool isLate)
    {
        const int Commits = 80;
        using (var lake = await _test.OpenAsync())
        {
            for (var i = 0; i < Commits; i++)
                await TestLake.CommitAsync(lake, "s", i, i + 1);
            await lake.ApplyAsync();
            await lake.Ledger.SaveStateAsync();
        }
        using var again = await _test.OpenAsync(create: false);
        for (var version = 1; version < Commits / 2; version++)
            File.Delete(Path.Combine(_test.Folder, again.Ledger.Delta.Log.CommitKey(version)));

        var file = await TestLake.StageAsync(again, table, 5);
        if (isLate)
            file = await MoveToLateRowsAsync(again, file);
        var counts = new LedgerCounts(table, 5, 5, 0, 0, 0, new Dictionary<string, long>());
        var batch = new LedgerBatch([new StreamAdvance("t", 0, 5, [counts])], [file], again.Ledger.Version);
        var version2 = Assert.IsType<LedgerResult.Committed>(await again.Ledger.CommitAsync(batch)).Version;
        var staged = (await again.FilesAsync(table)).Files.Where(each => each.StagedBy is not null);
        Assert.Equal(version2, Assert.Single(staged).StagedBy);
        Assert.Equal(isLate ? 0 : 1, await again.ApplyAsync());
        // What was applied is forgotten, late rows are not yet.
        await again.ApplyAsync();
        Assert.Equal(
            isLate ? [version2] : [],
            again.Ledger.State.StagedAfter(isLate ? LateRows.NameOf(table) : table, -1)
        );
        Assert.Empty(again.Ledger.State.StagedAfter("impressions", -1));
    }

    private static async Task<StagedFile> MoveToLateRowsAsync(DataLake lake, StagedFile file)
    {
        var late = file with { Path = LateRows.NewPath(), PartitionDate = null };
        await using var target = await lake.Store.CreateAsync($"{late.Table}/{late.Path}");
        await target.Content.WriteAsync(await lake.Store.ReadAsync(file.Key));
        await target.CompleteAsync();
        return late;
    }

    [Fact]
    public async Task A_batch_from_another_position_races_and_leaves_nothing()
    {
        using var mine = await _test.OpenAsync();
        using var theirs = await _test.OpenAsync();
        var batch = await TestLake.BatchAsync(mine, "s", 0, 20);
        var won = await TestLake.CommitAsync(theirs, "s", 0, 15);

        var raced = Assert.IsType<LedgerResult.Raced>(await mine.Ledger.CommitAsync(batch));
        Assert.Equal([new StreamConflict("s", 0, 15)], raced.Streams);
        Assert.Equal([won], raced.Since.Select(entry => entry.Version));
        Assert.Equal(won, raced.LedgerVersion);
        Assert.Equal(15, mine.Ledger.PositionOf("s"));
        var rows = Directory.GetFiles(Path.Combine(_test.Folder, IngestLedger.TableName), "*.parquet");
        Assert.Single(rows);

        await TestLake.CommitAsync(mine, "s", 15, 20);
        Assert.Equal(20, mine.Ledger.PositionOf("s"));
    }

    [Fact]
    public async Task A_batch_of_another_stream_races_when_it_was_not_judged_against_what_came_between()
    {
        using var mine = await _test.OpenAsync();
        using var theirs = await _test.OpenAsync();
        var batch = await TestLake.BatchAsync(mine, "mine", 0, 20);
        var won = await TestLake.CommitAsync(theirs, "theirs", 0, 15);

        var raced = Assert.IsType<LedgerResult.Raced>(await mine.Ledger.CommitAsync(batch));
        Assert.Empty(raced.Streams);
        Assert.Equal(15, Assert.Single(raced.Since).FilesOf("impressions").Sum(file => file.Rows));
        Assert.IsType<LedgerResult.Committed>(
            await mine.Ledger.CommitAsync(batch with { JudgedAt = raced.LedgerVersion })
        );
        Assert.Equal(won + 1, mine.Ledger.Version);
    }

    [Fact]
    public async Task A_batch_that_shares_no_table_goes_on_top_of_others()
    {
        using var mine = await _test.OpenAsync();
        using var theirs = await _test.OpenAsync();
        var clicks = await TestLake.StageAsync(mine, "clicks", 4);
        var batch = new LedgerBatch(
            [new("mine", 0, 9, [new("clicks", 4, 4, 0, 0, 0, new Dictionary<string, long>())])],
            [clicks],
            mine.Ledger.Version
        );
        await TestLake.CommitAsync(theirs, "theirs", 0, 15);
        Assert.IsType<LedgerResult.Committed>(await mine.Ledger.CommitAsync(batch));
        Assert.Equal(2, await mine.ApplyAsync());
        Assert.Equal(4, TestLake.RowsOf(mine, "clicks"));
    }

    [Fact]
    public async Task A_batch_that_does_not_add_up_is_refused()
    {
        using var lake = await _test.OpenAsync();
        var file = await TestLake.StageAsync(lake, "impressions", 5);
        async Task RefusedAsync(LedgerBatch batch, string says) =>
            Assert.Contains(
                says,
                (await Assert.ThrowsAsync<ArgumentException>(async () => await lake.Ledger.CommitAsync(batch))).Message,
                StringComparison.Ordinal
            );

        await RefusedAsync(
            new([TestLake.Advance("s", 0, 9, 4)], [file], 0),
            "counts 4 rows for impressions and staged 5"
        );
        await RefusedAsync(new([TestLake.Advance("s", 9, 8, 5)], [file], 0), "from 9 to 8");
        await RefusedAsync(new([TestLake.Advance("s", 0, 9, 5), TestLake.Advance("s", 9, 10, 0)], [file], 0), "twice");
        await RefusedAsync(new([TestLake.Advance("s", 0, 9, 5)], [file with { SizeBytes = 7 }], 0), "are there");
        var odd = new LedgerCounts("impressions", 6, 5, 0, 0, 0, new Dictionary<string, long>());
        await RefusedAsync(new([new("s", 0, 9, [odd])], [file], 0), "do not add up");
        Assert.Equal(0, lake.Ledger.Version);
    }

    [Fact]
    public async Task A_stream_that_begins_late_says_so()
    {
        using var lake = await _test.OpenAsync();
        var batch = await TestLake.BatchAsync(lake, "topic", 500, 510);
        Assert.IsType<LedgerResult.Raced>(await lake.Ledger.CommitAsync(batch));
        var begins = batch with { Streams = [batch.Streams[0] with { Begins = true }] };
        Assert.IsType<LedgerResult.Committed>(await lake.Ledger.CommitAsync(begins));
        Assert.Equal(510, lake.Ledger.PositionOf("topic"));
    }

    [Fact]
    public async Task Rows_of_the_ledger_are_readable_in_SQL()
    {
        using var lake = await _test.OpenAsync();
        var file = await TestLake.StageAsync(lake, "impressions", 5);
        var reject = await TestLake.StageAsync(lake, "rejects", 2);
        var counts = new LedgerCounts("impressions", 10, 5, 1, 2, 2, new Dictionary<string, long> { ["bad_time"] = 2 });
        var mark = new FileMark("/logs/it's \"a\" file\n.json", "xxh64:0", 99, 3, "xxh64:1");
        var advance = new StreamAdvance(mark.Path, 0, 99, [counts])
        {
            File = mark,
            Bytes = 99,
            Seconds = 0.5,
            UnmappedFields = new Dictionary<string, long> { ["a.b"] = 7 },
        };
        await lake.Ledger.CommitAsync(new([advance], [file, reject], 0));

        var path = lake.Ledger.Delta.Latest.Files.Keys.Single();
        using var connection = lake.Engine.Connect();
        using var result = connection.Query(
            "SELECT stream, kind, received, accepted, duplicate, rejected, filtered, reasons, unmapped_fields, committed_time, next_offset, tail_length "
                + $"FROM read_parquet('{Path.Combine(_test.Folder, IngestLedger.TableName, path)}')"
        );
        var rows = result.Rows();
        Assert.True(rows.Read());
        Assert.Equal((mark.Path, "impressions"), (rows.GetString(0), rows.GetString(1)));
        Assert.Equal([10, 5, 1, 2, 2], Enumerable.Range(2, 5).Select(rows.GetInt64));
        Assert.Equal(("{\"bad_time\":2}", "{\"a.b\":7}"), (rows.GetString(7), rows.GetString(8)));
        Assert.True((TimeProvider.System.GetUtcNow() - rows.GetTimestamp(9)).Duration() < TimeSpan.FromMinutes(1));
        Assert.Equal((99, 3), (rows.GetInt64(10), rows.GetInt64(11)));
        Assert.False(rows.Read());
        Assert.Equivalent(mark, lake.Ledger.Find(mark.Path)!.File, strict: true);
    }

    [Fact]
    public async Task A_ledger_opens_from_its_saved_state_and_the_commits_after_it()
    {
        using (var lake = await _test.OpenAsync())
        {
            for (var batch = 0; batch < 25; batch++)
            {
                await TestLake.CommitAsync(lake, batch % 2 == 0 ? "even" : "odd", batch / 2 * 10, batch / 2 * 10 + 10);
                if (batch == 20)
                    await lake.Ledger.SaveStateAsync();
            }
            await lake.ApplyAsync();
            foreach (var table in lake.AllTables)
                await table.Delta.Checkpoints.WriteAsync(table.Delta.Latest, default);
        }
        Assert.Single(Directory.GetFiles(Path.Combine(_test.Folder, IngestLedger.TableName, "_positions")));
        // The commits before the saved state are not needed any more once they are applied.
        for (var version = 0; version < 20; version++)
            File.Delete(Path.Combine(_test.Folder, IngestLedger.TableName, "_delta_log", $"{version:D20}.json"));
        using var again = await _test.OpenAsync(create: false);
        Assert.Equal((130, 120), (again.Ledger.PositionOf("even"), again.Ledger.PositionOf("odd")));
        Assert.Equal(250, TestLake.RowsOf(again, "impressions"));
    }

    [Fact]
    public async Task The_state_is_saved_beside_the_commits_by_one_of_the_processes()
    {
        using var mine = await _test.OpenAsync();
        using var theirs = await _test.OpenAsync();
        for (var batch = 0; batch < 260; batch++)
        {
            var lake = batch % 2 == 0 ? mine : theirs;
            await lake.Ledger.RefreshAsync();
            await lake.Ledger.CommitAsync(
                new([new StreamAdvance($"s{batch % 7}", batch / 7, batch / 7 + 1, [])], [], lake.Ledger.Version)
            );
            await lake.Ledger.SavedAsync();
        }
        var states = Directory.GetFiles(Path.Combine(_test.Folder, IngestLedger.TableName, "_positions"));
        Assert.InRange(states.Length, 1, 2);
        await mine.Ledger.RefreshAsync();
        using var again = await _test.OpenAsync(create: false);
        foreach (var stream in Enumerable.Range(0, 7).Select(number => $"s{number}"))
            Assert.Equal(mine.Ledger.PositionOf(stream), again.Ledger.PositionOf(stream));
    }

    [Fact]
    public async Task Many_writers_and_appliers_at_once_lose_and_double_nothing()
    {
        (await _test.OpenAsync()).Dispose();
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(writer =>
                    Task.Run(async () =>
                    {
                        using var lake = await _test.OpenAsync();
                        var stream = $"s{writer / 2}"; // Two writers fight for each stream.
                        while (lake.Ledger.PositionOf(stream) is var from && from < 100)
                        {
                            await lake.Ledger.CommitAsync(await TestLake.BatchAsync(lake, stream, from, from + 10));
                            await lake.ApplyAsync();
                        }
                    })
                )
        );
        using var again = await _test.OpenAsync(create: false);
        Assert.Equal(200, TestLake.RowsOf(again, "impressions"));
        Assert.Equal(20, again.Table("impressions").Summary().Files);
        Assert.Equal(20, again.Ledger.Version);
        Assert.Equal(20, again.Table("impressions").Delta.Latest.Version);
    }
}
