using System.Text;
using System.Text.Json;
using AdvertiseX.Engines;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Tests.Lake;

public sealed class DeltaTableTests : IDisposable
{
    private static readonly DeltaSchema Schema = new([
        new("id", DeltaType.String, false),
        new("event_date", DeltaType.Date, false),
    ]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adx-delta-");
    private readonly LakeEngine _engine = new();
    private readonly FlakyStore _store;

    public DeltaTableTests() => _store = new(new LocalObjectStore(_folder.FullName));

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Version_0_holds_protocol_and_metadata_and_is_made_once()
    {
        var tables = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await CreateAsync(NewTable())))
        );
        Assert.Single(tables.Select(table => table.Metadata.Id).Distinct());
        Assert.All(tables, table => Assert.Equal(0, table.Version));
        var lines = Lines(0);
        Assert.Equal(["commitInfo", "protocol", "metaData"], lines.Select(Name));
        Assert.Contains("\"partitionColumns\":[\"event_date\"]", lines[2], StringComparison.Ordinal);
        Assert.Equal(Schema.Columns, tables[0].Schema.Columns);
    }

    [Fact]
    public async Task Paths_are_percent_encoded_and_partition_values_raw()
    {
        var table = NewTable();
        var snapshot = await CreateAsync(table);
        var add = Add("event_date=2024-03-01/ä b%.parquet") with
        {
            PartitionValues = new Dictionary<string, string?> { ["event_date"] = null },
        };
        await table.CommitAsync(new("WRITE") { Adds = [add] }, snapshot);
        Assert.Contains(
            "\"path\":\"event_date=2024-03-01/%C3%A4%20b%25.parquet\"",
            Lines(1)[1],
            StringComparison.Ordinal
        );
        Assert.Contains("\"partitionValues\":{\"event_date\":null}", Lines(1)[1], StringComparison.Ordinal);
        Assert.Contains("\"stats\":\"{\\u0022numRecords\\u0022:3}\"", Lines(1)[1], StringComparison.Ordinal);
        var read = (await NewTable().RefreshAsync()).Files.Values.Single();
        Assert.Equal(add.Path, read.Path);
        Assert.Null(read.EventDate);
        Assert.Equal(3, read.Rows);
    }

    [Fact]
    public async Task Appends_of_many_writers_all_get_in_and_each_version_is_one_commit()
    {
        await CreateAsync(NewTable());
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(writer =>
                    Task.Run(async () =>
                    {
                        var table = NewTable();
                        for (var commit = 0; commit < 5; commit++)
                        {
                            var result = await table.CommitAsync(
                                new("WRITE") { Adds = [Add($"{writer}-{commit}.parquet")] },
                                await table.RefreshAsync()
                            );
                            Assert.Equal(DeltaCommitOutcome.Committed, result.Outcome);
                        }
                    })
                )
        );
        var snapshot = await NewTable().RefreshAsync();
        Assert.Equal(40, snapshot.Version);
        Assert.Equal(40, snapshot.Files.Count);
    }

    [Fact]
    public async Task A_transaction_happens_once()
    {
        var table = NewTable();
        var snapshot = await CreateAsync(table);
        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(writer =>
                    Task.Run(async () =>
                        await NewTable()
                            .CommitAsync(
                                new("WRITE")
                                {
                                    Adds = [Add($"{writer}.parquet")],
                                    Transaction = new("ingest", 7, null),
                                },
                                snapshot
                            )
                    )
                )
        );
        Assert.Single(results, result => result.Outcome == DeltaCommitOutcome.Committed);
        Assert.Equal(5, results.Count(result => result.Outcome == DeltaCommitOutcome.AlreadyThere));
        Assert.Equal(7, (await table.RefreshAsync()).TransactionOf("ingest"));
        Assert.Single(table.Latest.Files);
    }

    [Fact]
    public async Task Compaction_conflicts_only_if_a_path_it_removes_is_gone()
    {
        var table = NewTable();
        var start = await CreateAsync(table);
        var (a, b, c) = (Add("a"), Add("b"), Add("c"));
        var before = (await table.CommitAsync(new("WRITE") { Adds = [a, b] }, start)).Snapshot;
        await table.CommitAsync(new("WRITE") { Adds = [c] }, start);
        Assert.Equal(DeltaCommitOutcome.Committed, (await table.CommitAsync(Merge("ab", a, b), before)).Outcome);
        var again = await table.CommitAsync(Merge("ab2", a, b), before);
        Assert.Equal(DeltaCommitOutcome.Conflict, again.Outcome);
        Assert.Contains("a is no longer in the table", again.Reason, StringComparison.Ordinal);
        Assert.Equal(["ab", "c"], (await NewTable().RefreshAsync()).Files.Keys.Order());
    }

    [Fact]
    public async Task An_append_conflicts_when_the_tables_shape_changed()
    {
        var table = NewTable();
        var start = await CreateAsync(table);
        var wider = Schema.With(new([.. Schema.Columns, new("extra", DeltaType.String)]));
        await table.CommitAsync(
            new("ADD COLUMNS") { Metadata = start.Metadata with { SchemaString = wider.ToJson() } },
            start
        );
        Assert.Equal(
            DeltaCommitOutcome.Conflict,
            (await table.CommitAsync(new("WRITE") { Adds = [Add("a")] }, start)).Outcome
        );
        Assert.Equal(
            DeltaCommitOutcome.Committed,
            (await table.CommitAsync(new("WRITE") { Adds = [Add("a")] }, table.Latest)).Outcome
        );
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_known_again()
    {
        var table = NewTable();
        var start = await CreateAsync(table);
        _store.LoseAnswersOfPuts = 1;
        var result = await table.CommitAsync(new("WRITE") { Adds = [Add("a")] }, start);
        Assert.Equal(1, result.Version);
        Assert.Equal(1, (await NewTable().RefreshAsync()).Version);

        _store.FailPuts = 1;
        await Assert.ThrowsAsync<IOException>(async () =>
            await table.CommitAsync(new("WRITE") { Adds = [Add("b")] }, result.Snapshot)
        );
        Assert.Equal(1, (await NewTable().RefreshAsync()).Version);
    }

    [Fact]
    public async Task Unknown_fields_and_actions_are_ignored_and_unknown_features_refused()
    {
        await CreateAsync(NewTable());
        await WriteCommitAsync(
            1,
            """{"cdc":{"path":"x"}}"""
                + "\n"
                + """{"domainMetadata":{"domain":"d"}}"""
                + "\n"
                + """{"add":{"path":"a","partitionValues":{},"size":1,"modificationTime":2,"dataChange":true,"fromTheFuture":{"x":1}}}"""
        );
        Assert.Equal(["a"], (await NewTable().RefreshAsync()).Files.Keys);
        await WriteCommitAsync(
            2,
            """{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]}}"""
        );
        var refusal = await Assert.ThrowsAsync<DeltaException>(async () => await NewTable().RefreshAsync());
        Assert.Contains("deletionVectors", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gap_and_a_broken_line_are_told()
    {
        await CreateAsync(NewTable());
        await WriteCommitAsync(2, "{}");
        Assert.Contains(
            "none of version 1",
            (await Assert.ThrowsAsync<DeltaException>(async () => await NewTable().RefreshAsync())).Message,
            StringComparison.Ordinal
        );
        await WriteCommitAsync(1, "{\"add\":{\"path\":");
        Assert.Contains(
            "00000000000000000001.json, line 1",
            (await Assert.ThrowsAsync<DeltaException>(async () => await NewTable().RefreshAsync())).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_checkpoint_gives_the_same_table_without_the_commits_before_it()
    {
        var table = NewTable();
        var start = await CreateAsync(table);
        for (var commit = 0; commit < 12; commit++)
        {
            var removes =
                commit == 5
                    ? new[]
                    {
                        RemoveFile.Of(
                            table.Latest.Files["0 ü.parquet"],
                            DateTimeOffset.FromUnixTimeSeconds(4_000_000_000),
                            true
                        ),
                    }
                    : [];
            await table.CommitAsync(
                new("WRITE")
                {
                    Adds = [Add($"{commit} ü.parquet")],
                    Removes = removes,
                    Transaction = new("ingest", commit, 5),
                },
                start
            );
            await CheckpointEveryTenAsync(table);
        }
        var whole = await table.RefreshAsync();
        for (var version = 0; version < 10; version++)
            await _store.DeleteAsync(table.Log.CommitKey(version));

        var read = await NewTable().RefreshAsync();
        Assert.Equal(12, read.Version);
        Assert.Equal(whole.Files.Keys.Order(), read.Files.Keys.Order());
        var removed = await NewTable().ReadRemovedAsync(read);
        Assert.Equal(["0 ü.parquet"], removed.ByPath.Keys);
        Assert.Equal("2024-03-01", removed.ByPath["0 ü.parquet"].PartitionValues["event_date"]);
        Assert.Equal(11, read.TransactionOf("ingest"));
        Assert.True(whole.HasShapeOf(read));
        var file = read.Files["3 ü.parquet"];
        Assert.Equal((Add("3 ü.parquet").Stats, "2024-03-01"), (file.Stats, file.PartitionValues["event_date"]));
        Assert.Equal(10, (await NewTable().AtAsync(10)).Version);
        await Assert.ThrowsAsync<DeltaException>(async () => await NewTable().AtAsync(9));
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_ignored_where_the_commits_are_there()
    {
        var table = NewTable();
        var start = await CreateAsync(table);
        for (var commit = 0; commit < 23; commit++)
        {
            await table.CommitAsync(new("WRITE") { Adds = [Add($"{commit}.parquet")] }, start);
            await CheckpointEveryTenAsync(table);
        }
        var newest = table.Log.CheckpointKey(20);
        var content = (await _store.ReadAsync(newest))!;
        // Every flip counts: most of them DuckDB reads without a word, as other rows.
        for (var at = 0; at < content.Length; at += content.Length / 16)
        {
            var damaged = content.ToArray();
            damaged[at] ^= 0x10;
            await _store.PutAsync(newest, damaged);
            Assert.NotNull(await NewTable().FaultOfCheckpointAsync(20));
            var read = await NewTable().RefreshAsync();
            Assert.Equal(23, read.Version);
            Assert.Equal(table.Latest.Files.Keys.Order(), read.Files.Keys.Order());
        }

        // From the checkpoint before on, while its commits are gone.
        for (var version = 0; version < 10; version++)
            await _store.DeleteAsync(table.Log.CommitKey(version));
        Assert.Equal(23, (await NewTable().RefreshAsync()).Files.Count);
        await _store.PutAsync(table.Log.CheckpointKey(10), "PAR1 and nothing else PAR1"u8.ToArray());
        await Assert.ThrowsAsync<DeltaException>(async () => await NewTable().RefreshAsync());
        await _store.PutAsync(newest, content);
        Assert.Equal(23, (await NewTable().RefreshAsync()).Files.Count);
    }

    [Fact]
    public async Task Tags_of_any_writer_outlive_commits_and_checkpoints()
    {
        var table = NewTable();
        var start = await CreateAsync(table);
        var tags = new Dictionary<string, string?> { [AddFile.HashTag] = "0f", ["INSERTION_TIME"] = "7" };
        await table.CommitAsync(new("WRITE") { Adds = [Add("tagged") with { Tags = tags }] }, start);
        for (var commit = 0; commit < 9; commit++)
            await table.CommitAsync(new("WRITE") { Adds = [Add($"{commit}")] }, start);
        await CheckpointEveryTenAsync(table);
        Assert.Contains(
            """
            "tags":{"adx.hash":"0f","INSERTION_TIME":"7"}
            """,
            Lines(1)[1],
            StringComparison.Ordinal
        );
        for (var version = 0; version < 10; version++)
            await _store.DeleteAsync(table.Log.CommitKey(version));
        var read = await NewTable().RefreshAsync();
        Assert.Equal(tags, read.Files["tagged"].Tags);
        Assert.Equal("0f", read.Files["tagged"].Hash);
        Assert.Null(read.Files["3"].Hash);
    }

    [Fact]
    public async Task The_hint_tells_the_columns_that_the_checkpoint_has()
    {
        var table = NewTable();
        var start = await CreateAsync(table);
        for (var commit = 0; commit < 10; commit++)
            await table.CommitAsync(new("WRITE") { Adds = [Add($"{commit}")] }, start);
        await CheckpointEveryTenAsync(table);
        using var hint = JsonDocument.Parse((await _store.ReadAsync(table.Log.LastCheckpointKey))!);
        Assert.Equal(10, hint.RootElement.GetProperty("version").GetInt64());

        using var connection = _engine.Connect();
        using var result = connection.Query(
            $"SELECT name FROM parquet_schema({SqlDialect.DuckDb.Text(_store.AddressOf(table.Log.CheckpointKey(10)))}) "
                + "WHERE name NOT IN ('root', 'key_value', 'key', 'value', 'list', 'element')"
        );
        var names = new List<string>();
        for (var rows = result.Rows(); rows.Read(); )
            names.Add(rows.GetString(0));
        Assert.Equal(names, FieldNames(hint.RootElement.GetProperty("checkpointSchema")));
    }

    [Fact]
    public async Task A_commit_that_makes_a_checkpoint_due_is_followed_by_one()
    {
        var table = NewTable();
        var start = await CreateAsync(table);
        for (var commit = 1; commit <= 120; commit++)
            await table.CommitAsync(new("WRITE") { Adds = [Add($"{commit}")] }, start);
        await table.Checkpoints.WrittenAsync();
        Assert.Equal(99, (await table.Log.ReadHintAsync(default)).Version);
    }

    [Fact]
    public async Task A_table_is_opened_from_the_hint_without_a_listing()
    {
        var table = NewTable();
        var start = await CreateAsync(table);
        for (var commit = 0; commit < 14; commit++)
        {
            await table.CommitAsync(new("WRITE") { Adds = [Add($"{commit}")] }, start);
            await CheckpointEveryTenAsync(table);
        }
        var (listings, reads, misses) = (_store.Listings, _store.Reads, _store.Misses);
        Assert.Equal(14, (await NewTable().RefreshAsync()).Files.Count);
        // The hint, again for the hash, the checkpoint and four commits; then the next commit and three after it.
        Assert.Equal((0, 2 + 1 + 4, 1 + 3), (_store.Listings - listings, _store.Reads - reads, _store.Misses - misses));
        // Without a hint neither, where the log is short and whole.
        await _store.DeleteAsync(table.Log.LastCheckpointKey);
        Assert.Equal(14, (await NewTable().RefreshAsync()).Files.Count);
        Assert.Equal(listings, _store.Listings);
        await _store.DeleteAsync(table.Log.CommitKey(0));
        Assert.Equal(14, (await NewTable().RefreshAsync()).Files.Count);
        Assert.True(_store.Listings > listings);
    }

    [Fact]
    public async Task A_look_at_a_table_with_nothing_new_asks_for_one_commit()
    {
        var table = NewTable();
        await CreateAsync(table);
        await table.RefreshAsync();
        var (misses, reads, listings) = (_store.Misses, _store.Reads, _store.Listings);
        Assert.Same(table.Latest, await table.RefreshAsync());
        Assert.Equal((1, 0, 0), (_store.Misses - misses, _store.Reads - reads, _store.Listings - listings));
    }

    [Fact]
    public async Task A_missing_commit_after_a_checkpoint_is_told()
    {
        var table = NewTable();
        var start = await CreateAsync(table);
        for (var commit = 0; commit < 10; commit++)
            await table.CommitAsync(new("WRITE") { Adds = [Add($"{commit}")] }, start);
        await CheckpointEveryTenAsync(table);
        for (var commit = 10; commit < 14; commit++)
            await table.CommitAsync(new("WRITE") { Adds = [Add($"{commit}")] }, start);
        await _store.DeleteAsync(table.Log.CommitKey(12));
        Assert.Contains(
            "none of version 12",
            (await Assert.ThrowsAsync<DeltaException>(async () => await NewTable().RefreshAsync())).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(11, (await NewTable().AtAsync(11)).Version);
    }

    [Fact]
    public async Task Versions_near_the_ones_held_are_read_from_those()
    {
        var table = NewTable();
        var start = await CreateAsync(table);
        for (var commit = 0; commit < 30; commit++)
        {
            await table.CommitAsync(new("WRITE") { Adds = [Add($"{commit}")] }, start);
            await CheckpointEveryTenAsync(table);
        }
        var reader = NewTable();
        await reader.RefreshAsync();
        await reader.AtAsync(21);
        var (listings, reads) = (_store.Listings, _store.Reads);
        for (var version = 22; version <= 30; version++)
            Assert.Equal(version, (await reader.AtAsync(version)).Files.Count);
        // The newest is held.
        Assert.Equal((0, 8), (_store.Listings - listings, _store.Reads - reads));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_set_of_files_is_what_its_commits_add_up_to(int seed)
    {
        var random = new Random(seed);
        var expected = new Dictionary<string, AddFile>(StringComparer.Ordinal);
        var files = FileSet.Empty;
        for (var commit = 0; commit < 600; commit++)
        {
            var actions = new List<DeltaAction>();
            foreach (var path in Enumerable.Range(0, random.Next(6)).Select(_ => $"{random.Next(900)}").Distinct())
            {
                var add = Add(path);
                if (random.Next(3) > 0)
                    actions.Add(expected[path] = add);
                else if (expected.Remove(path) || random.Next(2) == 0)
                    actions.Add(RemoveFile.Of(add, DateTimeOffset.UnixEpoch, true));
            }
            files = files.With(actions);
            Assert.Equal(expected.Count, files.Count);
            if (commit % 20 > 0)
                continue;
            Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), files.Keys.Order(StringComparer.Ordinal));
            Assert.All(expected, file => Assert.Same(file.Value, files[file.Key]));
            Assert.All(
                Enumerable.Range(0, 900),
                path => Assert.Equal(expected.ContainsKey($"{path}"), files.ContainsKey($"{path}"))
            );
        }
    }

    private static IEnumerable<string> FieldNames(JsonElement type) =>
        type.ValueKind == JsonValueKind.Object && type.TryGetProperty("fields", out var fields)
            ? fields
                .EnumerateArray()
                .SelectMany(field =>
                    FieldNames(field.GetProperty("type")).Prepend(field.GetProperty("name").GetString()!)
                )
            : [];

    private static async Task CheckpointEveryTenAsync(DeltaTable table)
    {
        if (table.Latest.Version % 10 == 0)
            Assert.True(await table.Checkpoints.WriteAsync(table.Latest, default));
    }

    private static DeltaChange Merge(string into, params AddFile[] files) =>
        new("OPTIMIZE")
        {
            Adds = [Add(into) with { DataChange = false }],
            Removes = [.. files.Select(file => RemoveFile.Of(file, DateTimeOffset.UnixEpoch, false))],
        };

    private static AddFile Add(string path) =>
        new(
            path,
            new Dictionary<string, string?> { ["event_date"] = "2024-03-01" },
            10,
            20,
            true,
            "{\"numRecords\":3}"
        );

    private static ValueTask<DeltaSnapshot> CreateAsync(DeltaTable table) =>
        table.CreateAsync(Schema, ["event_date"], new Dictionary<string, string?>());

    private static string Name(string line) => line[2..line.IndexOf('"', 2)];

    private DeltaTable NewTable() => new(_store, "t", _engine, TimeProvider.System);

    private string[] Lines(long version) =>
        File.ReadAllLines(Path.Combine(_folder.FullName, "t", "_delta_log", $"{version:D20}.json"), Encoding.UTF8);

    private async Task WriteCommitAsync(long version, string lines)
    {
        await _store.DeleteAsync($"t/_delta_log/{version:D20}.json");
        await _store.PutIfAbsentAsync($"t/_delta_log/{version:D20}.json", Encoding.UTF8.GetBytes(lines));
    }
}
