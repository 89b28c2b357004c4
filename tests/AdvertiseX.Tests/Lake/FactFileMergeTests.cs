using System.Text;
using System.Text.Json;
using AdvertiseX.Columns;
using AdvertiseX.DuckDb;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Parquet;
using AdvertiseX.Tests.Parquet;

namespace AdvertiseX.Tests.Lake;

public sealed class FactFileMergeTests : IDisposable
{
    private const long DayMicros = 86_400_000_000;
    private static readonly DateOnly Day = new(2024, 3, 1);
    private static readonly long Midnight = (Day.DayNumber - new DateOnly(1970, 1, 1).DayNumber) * DayMicros;

    private readonly string _folder = Directory.CreateTempSubdirectory("adx-merge-").FullName;
    private readonly LocalObjectStore _store;

    public FactFileMergeTests() => _store = new LocalObjectStore(_folder);

    public static IEnumerable<TheoryDataRow<int>> Some => Seeds.From(1, 40, fast: 8);

    public static IEnumerable<TheoryDataRow<int>> Damages => Seeds.From(60, 10, fast: 2);

    public void Dispose() => Directory.Delete(_folder, true);

    [Theory]
    [MemberData(nameof(Some))]
    public async Task Merged_files_hold_every_row_once_in_order_and_in_its_slice(int seed)
    {
        var random = new Random(seed);
        var schema = FactTables.All[random.Next(FactTables.All.Count)];
        using var all = Facts(schema, random, random.Next(1, 12_000));
        var inputs = await WriteAsync(all, random, random.Next(1, 20));
        var slices = Slices(random);
        var merge = new FactFileMerge(_store, ParquetFiles.RandomOptions(random))
        {
            WindowBytes = random.Next(3) == 0 ? 1 << 30 : random.Next(100_000, 1_000_000),
        };

        var files = await merge.MergeAsync(schema, inputs, Day, slices, default);

        Assert.NotNull(files);
        Assert.Equal(all.Rows, files.Sum(file => file.Rows));
        Assert.Equal(inputs.Count + files.Count, FilesOf(schema).Length);
        var most = schema.Has("event_time") && slices.Count > 0 ? slices.Max(slice => slice.File) + 1 : 1;
        Assert.InRange(files.Count, 1, most);
        using var read = new ColumnBatch(schema);
        var fileOf = new List<int>();
        foreach (var file in files)
        {
            var first = read.Rows;
            await ReadAsync(file, read);
            AssertOrdered(read, first);
            if (schema.Has("event_time"))
                fileOf.Add(
                    Assert.Single(
                        Enumerable.Range(first, read.Rows - first).Select(r => FileOf(read, r, slices)).ToHashSet()
                    )
                );
        }

        Assert.Equal(fileOf.Distinct().Order(), fileOf);
        int[] origin = [.. Enumerable.Range(0, read.Rows).Select(row => (int)Offset(read, row))];
        Assert.Equal(Enumerable.Range(0, all.Rows), origin.Order());
        BatchRows.AssertEqual(all, origin, read, 0);
        if (files.Count == 1)
            Assert.Equal(StatisticsOf(all), files[0].StatsJson);
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        ReadBack.AssertEqual(
            connection,
            _store.AddressOf(files[0].Key),
            all,
            origin.AsSpan(0, checked((int)files[0].Rows))
        );
    }

    [Fact]
    public async Task A_merge_that_fits_is_the_file_that_staging_writes()
    {
        using var all = Facts(FactTables.Impressions, new Random(5), 9000);
        var inputs = await WriteAsync(all, new Random(6), 7, inOrder: true);
        var options = new ParquetOptions { RowGroupRows = 4000, PageRows = 1000 };
        var files = await new FactFileMerge(_store, options).MergeAsync(all.Schema, inputs, Day, [], default);
        var path = Path.Combine(_folder, "staged.parquet");
        using var order = OrderOf(all);
        ParquetFiles.Write(path, all, order.RowsAt(0), options);
        Assert.Equal(File.ReadAllBytes(path), await _store.ReadAsync(Assert.Single(files!).Key));
    }

    [Fact]
    public async Task Any_number_of_rows_of_one_campaign_and_time_is_divided()
    {
        using var all = Facts(FactTables.Clicks, new Random(7), 20_000);
        all.Int64("event_time").Fill(all.Rows, Midnight);
        all.Dictionary("campaign_id").Fill(all.Rows, "one"u8);
        var inputs = await WriteAsync(all, new Random(8), 5);
        var options = new ParquetOptions();
        var merge = new FactFileMerge(_store, options) { WindowBytes = 1 << 20 };
        var file = Assert.Single((await merge.MergeAsync(all.Schema, inputs, Day, [], default))!);
        using var content = _store.OpenReader(file.Key);
        Assert.True(ParquetFooter.TryRead(new(content.Length, content.Read), out var footer, out _));
        Assert.InRange(footer.RowGroups.Count, 4, 40);
        Assert.All(footer.RowGroups, group => Assert.InRange(group.Rows, 1, 10_000));
    }

    [Fact]
    public async Task Columns_of_a_newer_schema_are_null()
    {
        var old = new TableSchema(
            "clicks",
            [.. FactTables.Clicks.Columns.Where(c => c.Name is not ("domain" or "cost_micros"))]
        );
        using var before = Facts(old, new Random(1), 500);
        using var after = Facts(FactTables.Clicks, new Random(2), 500);
        IReadOnlyList<MergeInput> inputs =
        [
            .. await WriteAsync(before, new Random(3), 2),
            .. await WriteAsync(after, new Random(4), 2),
        ];
        var merge = new FactFileMerge(_store, new ParquetOptions());
        var file = Assert.Single((await merge.MergeAsync(FactTables.Clicks, inputs, Day, [], default))!);
        using var read = new ColumnBatch(FactTables.Clicks);
        await ReadAsync(file, read);
        Assert.Equal(1000, read.Rows);
        var domains = Enumerable.Range(0, 500).Count(row => after["domain"].IsValid(row));
        Assert.Equal(domains, Enumerable.Range(0, 1000).Count(row => read["domain"].IsValid(row)));
    }

    [Fact]
    public async Task Files_of_another_writer_are_left_to_an_engine()
    {
        using var all = Facts(FactTables.Impressions, new Random(1), 300);
        var inputs = await WriteAsync(all, new Random(2), 2);
        var theirs = $"impressions/{LakeTable.NewFilePath(Day)}";
        using (var database = DuckDbDatabase.Open())
        using (var connection = database.Connect())
            connection.Execute(
                $"COPY (FROM read_parquet('{_store.AddressOf(inputs[0].Key)}')) TO '{_store.AddressOf(theirs)}' (FORMAT parquet)"
            );
        var merge = new FactFileMerge(_store, new ParquetOptions());
        Assert.Null(
            await merge.MergeAsync(all.Schema, [inputs[1], new MergeInput(theirs, null, null)], Day, [], default)
        );
        Assert.Equal(3, FilesOf(all.Schema).Length);
    }

    [Theory]
    [InlineData(1 << 30, true)]
    [InlineData(100_000, false)]
    public async Task A_file_out_of_order_is_merged_only_in_one_window(int windowBytes, bool merged)
    {
        using var all = Facts(FactTables.Impressions, new Random(1), 4000);
        var key = $"impressions/{LakeTable.NewFilePath(Day)}";
        await using (var target = await _store.CreateAsync(key))
        {
            ParquetFileWriter.Write(target.Content, all, [.. Enumerable.Range(0, 4000)], new ParquetOptions());
            await target.CompleteAsync();
        }

        var merge = new FactFileMerge(_store, new ParquetOptions()) { WindowBytes = windowBytes };
        var files = await merge.MergeAsync(all.Schema, [new MergeInput(key, null, 4000)], Day, [], default);
        Assert.Equal(merged, files != null);
        Assert.Equal(merged ? 2 : 1, FilesOf(all.Schema).Length);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_changed_byte_ends_the_merge_and_leaves_nothing(int seed)
    {
        var random = new Random(seed);
        using var all = Facts(FactTables.Impressions, random, 3000);
        var inputs = await WriteAsync(all, random, 4);
        var merge = new FactFileMerge(_store, new ParquetOptions())
        {
            WindowBytes = random.Next(2) == 0 ? 1 << 30 : 300_000,
        };
        for (var round = 0; round < 20; round++)
        {
            var key = inputs[random.Next(inputs.Count)].Key;
            var whole = await _store.ReadAsync(key);
            var damaged = (byte[])whole!.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            await _store.PutAsync(key, random.Next(4) == 0 ? damaged.AsMemory(0, damaged.Length - 1) : damaged);
            // A change of the layout's name makes the file another's, whose hash the caller compares.
            try
            {
                Assert.Null(
                    await merge.MergeAsync(all.Schema, inputs, Day, [new(0, 0), new(Midnight + 7, 1)], default)
                );
            }
            catch (DeltaException fault)
            {
                Assert.StartsWith($"{key} ", fault.Message, StringComparison.Ordinal);
            }

            Assert.Equal(inputs.Count, FilesOf(all.Schema).Length);
            await _store.PutAsync(key, whole);
        }
    }

    [Fact]
    public async Task Hash_and_rows_must_be_those_of_the_log()
    {
        using var all = Facts(FactTables.Impressions, new Random(1), 1000);
        var inputs = await WriteAsync(all, new Random(2), 2);
        var merge = new FactFileMerge(_store, new ParquetOptions());
        Task<DeltaException> FaultOf(MergeInput first) =>
            Assert.ThrowsAsync<DeltaException>(() =>
                merge.MergeAsync(all.Schema, [first, inputs[1]], Day, [], default)
            );
        Assert.Equal(
            $"{inputs[0].Key} is damaged and was not merged: its hash is not {inputs[1].Hash}. Put it back from a backup.",
            (await FaultOf(inputs[0] with { Hash = inputs[1].Hash })).Message
        );
        Assert.Equal(
            $"{inputs[0].Key} was said to hold 7 rows, and has {inputs[0].Rows}.",
            (await FaultOf(inputs[0] with { Rows = 7 })).Message
        );
        Assert.Equal(2, FilesOf(all.Schema).Length);
    }

    [Fact]
    public async Task A_merge_that_is_stopped_leaves_nothing()
    {
        using var all = Facts(FactTables.Impressions, new Random(1), 1000);
        var inputs = await WriteAsync(all, new Random(2), 2);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        var merge = new FactFileMerge(_store, new ParquetOptions());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            merge.MergeAsync(all.Schema, inputs, Day, [], stop.Token)
        );
        Assert.Equal(2, FilesOf(all.Schema).Length);
    }

    /// <summary>Rows of one date, each numbered by <c>stream_offset</c>.</summary>
    private static ColumnBatch Facts(TableSchema schema, Random random, int rows)
    {
        var batch = RandomBatch.Create(schema, random, rows);
        batch.Int32("event_date").Fill(rows, (int)(Midnight / DayMicros));
        var campaigns = random.Next(1, 40);
        var seconds = random.Next(2) == 0 ? 1_000_000 : 600_000_000;
        for (var row = 0; row < rows; row++)
        {
            batch.Int64("stream_offset").Set(row, row);
            if (!schema.Has("event_time"))
                continue;
            batch.Int64("event_time").Set(row, Midnight + (random.NextInt64(DayMicros) / seconds * seconds));
            batch["campaign_id"].ClearRow(row);
            if (random.Next(20) > 0)
                batch.Dictionary("campaign_id").Set(row, Encoding.UTF8.GetBytes($"c{random.Next(campaigns)}"));
        }

        return batch;
    }

    private static List<MergeSlice> Slices(Random random)
    {
        var files = random.Next(1, 30);
        return
        [
            .. Enumerable
                .Range(0, random.Next(3) * files)
                .Select(_ => Midnight + random.NextInt64(DayMicros))
                .Distinct()
                .Order()
                .Select(from => new MergeSlice(from, random.Next(files))),
        ];
    }

    /// <summary>Divides the rows among files, each in the order of staging, in layouts of their own.</summary>
    private async Task<List<MergeInput>> WriteAsync(ColumnBatch all, Random random, int files, bool inOrder = false)
    {
        var inputs = new List<MergeInput>();
        using var drop = NativePool.Rent(all.Rows);
        var fileOf = new int[all.Rows];
        for (var row = 0; row < all.Rows; row++)
            fileOf[row] = inOrder ? (int)((long)row * files / all.Rows) : random.Next(files);
        for (var file = 0; file < files; file++)
        {
            for (var row = 0; row < all.Rows; row++)
                drop.Span[row] = (byte)(fileOf[row] == file ? 0 : 1);
            using var order = OrderOf(all, drop);
            if (order.DateCount == 0)
                continue;
            var key = $"{all.Schema.Name}/{LakeTable.NewFilePath(Day)}";
            await using var target = await _store.CreateAsync(key);
            var options = ParquetFiles.RandomOptions(random);
            var info = ParquetFileWriter.Write(target.Content, all, order.RowsAt(0), options);
            await target.CompleteAsync();
            inputs.Add(new MergeInput(key, info.Hash, info.Rows));
        }

        return inputs;
    }

    private static unsafe RowOrder OrderOf(ColumnBatch all, NativeBuffer? drop = null) =>
        new(all, drop == null ? null : drop.Pointer);

    /// <summary>Appends the rows of a file, of which everything that is said is held against what is there.</summary>
    private async Task ReadAsync(StagedFile file, ColumnBatch read)
    {
        var bytes = await _store.ReadAsync(file.Key);
        Assert.NotNull(bytes);
        Assert.Equal((bytes.Length, FileHash.TextOf(bytes)), (file.SizeBytes, file.Hash));
        using var stats = JsonDocument.Parse(file.StatsJson!);
        Assert.Equal(file.Rows, stats.RootElement.GetProperty("numRecords").GetInt64());
        Assert.Equal(Day, file.PartitionDate);
        using var scratch = new DecodeScratch();
        Assert.True(ParquetBatchReader.Open(ParquetFiles.Of(bytes), read.Schema, scratch, out var reader).IsOk);
        Assert.Equal(file.Rows, reader!.Rows);
        for (var group = 0; group < reader.RowGroups.Count; group++)
            Assert.True(reader.Read(group, read).IsOk);
    }

    private static unsafe long Offset(ColumnBatch batch, int row) => batch.Int64("stream_offset").Values[row];

    private static unsafe long Time(ColumnBatch batch, int row) => batch.Int64("event_time").Values[row];

    private static int FileOf(ColumnBatch batch, int row, List<MergeSlice> slices) =>
        slices.Count == 0 ? 0 : slices[Math.Max(0, slices.Count(slice => slice.From <= Time(batch, row)) - 1)].File;

    private static void AssertOrdered(ColumnBatch read, int first)
    {
        for (var row = first + 1; row < read.Rows && read.Schema.Has("event_time"); row++)
        {
            var order = read.Dictionary("campaign_id")
                .Get(row - 1)
                .SequenceCompareTo(read.Dictionary("campaign_id").Get(row));
            Assert.True(order < 0 || (order == 0 && Time(read, row - 1) <= Time(read, row)), $"row {row}");
        }
    }

    private static string StatisticsOf(ColumnBatch all)
    {
        using var order = OrderOf(all);
        using var stream = new MemoryStream();
        return ParquetFileWriter.Write(stream, all, order.RowsAt(0), new ParquetOptions()).StatsJson;
    }

    private string[] FilesOf(TableSchema schema) =>
        Directory.GetFiles(Path.Combine(_folder, schema.Name), "*", SearchOption.AllDirectories);
}
