using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Deduplication;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Parquet;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>Verdicts beside those of a list of everything that was ever accepted.</summary>
public class DuplicateJudgeTests
{
    private const long Plenty = 1L << 30;
    private static readonly int FirstDay = LakeFile.DayOf(new DateOnly(2024, 3, 1));

    public static IEnumerable<TheoryDataRow<int>> Worlds => Seeds.From(1, 80, 4);

    [Theory]
    [MemberData(nameof(Worlds))]
    public async Task Verdicts_are_those_of_a_full_scan(int seed)
    {
        using var world = await World.MakeAsync(seed, Plenty);
        for (var round = 0; round < 14; round++)
        {
            using var batch = world.NextBatch();
            var expected = world.Expected(batch);
            var verdicts = await world.JudgeAndCommitAsync(batch);
            Assert.Equal(expected, verdicts);
            await world.DisturbAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Worlds))]
    public async Task Identical_copies_are_found_where_no_filter_fits(int seed)
    {
        using var world = await World.MakeAsync(seed, filterBytes: 0);
        for (var round = 0; round < 14; round++)
        {
            using var batch = world.NextBatch();
            var identical = world.HasIdenticalCopy(batch);
            var expected = world.Expected(batch);
            var verdicts = await world.JudgeAndCommitAsync(batch);
            foreach (var (row, verdict) in verdicts.Index())
            {
                if (identical[row])
                    Assert.Equal(Verdict.Duplicate, verdict);
                // What is not found is taken for new; nothing is taken for a copy that is none.
                if (verdict != Verdict.New && !world.WasJudgedByBatch(batch, row))
                    Assert.NotEqual(Verdict.New, expected[row]);
            }
            await world.DisturbAsync();
        }
    }

    private sealed record Stored(string Id, int Day, long Time, int Payload);

    private sealed class World : IDisposable
    {
        private readonly TestLake _folder = new();
        private readonly Random _random;
        private readonly List<Stored> _stored = [];
        private readonly long _filterBytes;
        private readonly bool _ownTimes;
        private readonly int _lookbackDays;
        private readonly int _worthAFilter;
        private readonly long _resolution;
        private DataLake _lake = null!;
        private DuplicateJudge _judge = null!;
        private long _position;

        private World(int seed, long filterBytes)
        {
            _random = new Random(seed);
            _filterBytes = filterBytes;
            _ownTimes = filterBytes == 0 || _random.Next(3) > 0;
            _lookbackDays = _random.Next(4) * 2;
            _worthAFilter = new[] { 1, 50, 400, 1 << 20 }[_random.Next(4)];
            _resolution = new[] { 1L, 1_000_000, 3_600_000_000, 86_400_000_000 }[_random.Next(4)];
        }

        public static async Task<World> MakeAsync(int seed, long filterBytes)
        {
            var world = new World(seed, filterBytes);
            world._lake = await world._folder.OpenAsync();
            world.NewJudge();
            return world;
        }

        public ColumnBatch NextBatch()
        {
            var batch = new ColumnBatch(FactTables.Clicks);
            var rows = _random.Next(1, 250);
            var newest = FirstDay + 20;
            for (var row = 0; row < rows; row++)
            {
                var copied = _stored.Count > 0 && _random.Next(3) == 0 ? _stored[_random.Next(_stored.Count)] : null;
                var id = copied?.Id ?? $"id-{_random.Next(4000)}";
                // Mostly the newest day, some late ones.
                var day = _random.Next(5) > 0 ? newest : newest - _random.Next(12);
                var time =
                    (((long)day * 86_400_000_000) + _random.NextInt64(86_400_000_000)) / _resolution * _resolution;
                if (copied is not null && _random.Next(3) > 0)
                    time = copied.Time;
                var variant = copied is not null && _random.Next(3) > 0 ? copied.Payload : _random.Next(3);
                var payload =
                    copied is not null && time == copied.Time && variant == copied.Payload ? copied.Payload
                    : _ownTimes ? HashCode.Combine(id, time, variant)
                    : variant;
                Add(batch, id, time, payload);
            }

            return batch;
        }

        public Verdict[] Expected(ColumnBatch batch)
        {
            var known = _stored.ToLookup(stored => stored.Id);
            var firsts = new Dictionary<string, int>();
            var verdicts = new Verdict[batch.Rows];
            for (var row = 0; row < batch.Rows; row++)
            {
                var (id, day, _, payload) = RowOf(batch, row);
                var copies = known[id]
                    .Where(stored => Math.Abs(stored.Day - day) <= _lookbackDays)
                    .Select(stored => stored.Payload)
                    .ToList();
                if (copies.Count == 0 && firsts.TryGetValue(id, out var first))
                    copies.Add(first);
                verdicts[row] =
                    copies.Count == 0 ? Verdict.New
                    : copies.Contains(payload) ? Verdict.Duplicate
                    : Verdict.Conflicting;
                if (copies.Count == 0)
                    firsts.Add(id, payload);
            }

            return verdicts;
        }

        public bool[] HasIdenticalCopy(ColumnBatch batch) =>
            [.. Enumerable.Range(0, batch.Rows).Select(row => _stored.Contains(RowOf(batch, row)))];

        public bool WasJudgedByBatch(ColumnBatch batch, int row)
        {
            var id = RowOf(batch, row).Id;
            return Enumerable.Range(0, row).Any(before => RowOf(batch, before).Id == id);
        }

        public async Task<Verdict[]> JudgeAndCommitAsync(ColumnBatch batch)
        {
            var (buffer, version) = await _judge.JudgeAsync(EventKind.Click, batch, default);
            using (buffer)
            {
                var verdicts = buffer.Span[..batch.Rows].ToArray().Select(verdict => (Verdict)verdict).ToArray();
                await CommitAsync(batch, buffer, verdicts.Count(verdict => verdict == Verdict.New), version);
                for (var row = 0; row < batch.Rows; row++)
                    if (verdicts[row] == Verdict.New)
                        _stored.Add(RowOf(batch, row));
                return verdicts;
            }
        }

        /// <summary>What happens between two batches: files are merged, the process ends, derived files are lost or
        /// damaged.</summary>
        public async Task DisturbAsync()
        {
            switch (_random.Next(8))
            {
                case 0:
                    await Compaction.RunAsync(
                        _lake,
                        SharedEngines.Models,
                        new CompactionOptions { MinFiles = 2, ClosedFiles = 1 }
                    );
                    break;
                case 1:
                    NewJudge();
                    break;
                case 2:
                    Damage(_random.Next(2) == 0 ? "*.keys" : "*.filter");
                    if (_random.Next(2) == 0)
                        NewJudge();
                    break;
                case 3:
                    Damage("*.json");
                    if (_random.Next(2) == 0)
                        NewJudge();
                    break;
                case 4:
                    await MergeAsOthersDoAsync();
                    if (_random.Next(2) == 0)
                        NewJudge();
                    break;
            }
        }

        public void Dispose()
        {
            _judge.Dispose();
            _lake.Dispose();
            _folder.Dispose();
        }

        // Other programs give files no tags, and no statistics if told so.
        private async Task MergeAsOthersDoAsync()
        {
            var table = _lake.Table("clicks");
            var snapshot = await table.Delta.RefreshAsync();
            var dates = snapshot.Files.Values.GroupBy(file => file.EventDate!.Value).ToList();
            if (dates.Count == 0)
                return;
            var inputs = dates[_random.Next(dates.Count)].ToList();
            var path = LakeTable.NewFilePath(inputs[0].EventDate);
            using (var connection = _lake.Engine.Connect())
                connection.Execute(
                    $"COPY (SELECT * FROM read_parquet({SqlDialect.DuckDb.List(inputs.Select(file => table.AddressOf(file.Path)))}, "
                        + $"union_by_name = true, hive_partitioning = false) ORDER BY event_id) TO {SqlDialect.DuckDb.Text(table.AddressOf(path))} (FORMAT parquet)"
                );
            var now = _lake.Clock.GetUtcNow();
            var rows =
                inputs.TrueForAll(file => file.Rows is not null) && _random.Next(2) == 0
                    ? $"{{\"numRecords\":{inputs.Sum(file => file.Rows!.Value)}}}"
                    : null;
            var change = new DeltaChange("OPTIMIZE")
            {
                Adds =
                [
                    new(
                        path,
                        inputs[0].PartitionValues,
                        new FileInfo(table.AddressOf(path)).Length,
                        now.ToUnixTimeMilliseconds(),
                        false,
                        rows
                    ),
                ],
                Removes = [.. inputs.Select(file => RemoveFile.Of(file, now, dataChange: false))],
            };
            Assert.Equal(DeltaCommitOutcome.Committed, (await table.Delta.CommitAsync(change, snapshot)).Outcome);
        }

        private void Damage(string pattern)
        {
            var folder = Path.Combine(_folder.Folder, "clicks", KeyPaths.Folder);
            if (!Directory.Exists(folder))
                return;
            foreach (var file in Directory.GetFiles(folder, pattern, SearchOption.AllDirectories))
            {
                if (new FileInfo(file) is { LinkTarget: not null } or { Exists: false } or { Length: 0 })
                    continue;
                var bytes = File.ReadAllBytes(file);
                switch (_random.Next(7))
                {
                    case 0:
                        File.Delete(file);
                        break;
                    case 3:
                        File.WriteAllBytes(file, []);
                        break;
                    case 4:
                        File.Delete(file);
                        File.CreateSymbolicLink(file, _random.Next(2) == 0 ? "/dev/zero" : "nowhere");
                        break;
                    case 1:
                        bytes[_random.Next(bytes.Length)] ^= 4;
                        File.WriteAllBytes(file, bytes);
                        break;
                    case 2:
                        File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
                        break;
                }
            }
        }

        private void NewJudge()
        {
            _judge?.Dispose();
            _judge = new DuplicateJudge(_lake, TimeSpan.FromDays(_lookbackDays), _filterBytes, _worthAFilter);
        }

        private async Task CommitAsync(ColumnBatch batch, NativeBuffer verdicts, long accepted, long version)
        {
            var files = new List<StagedFile>();
            using var order = Order(batch, verdicts);
            // Some dates in files of their own, the others as late rows.
            var late = Enumerable.Range(0, order.DateCount).Where(_ => _random.Next(3) == 0).ToList();
            for (var i = 0; i < order.DateCount; i++)
            {
                var index = i;
                if (!late.Contains(i))
                    files.Add(await WriteAsync(batch, () => order.RowsAt(index), order.DateAt(i)));
            }
            int[] rows = [.. late.SelectMany(i => order.RowsAt(i).ToArray())];
            if (rows.Length > 0)
                files.Add(await WriteAsync(batch, () => rows, null));

            var advance = new StreamAdvance(
                "s",
                _position,
                _position + batch.Rows,
                [new("clicks", batch.Rows, accepted, batch.Rows - accepted, 0, 0, new Dictionary<string, long>())]
            );
            _position += batch.Rows;
            Assert.IsType<LedgerResult.Committed>(
                await _lake.Ledger.CommitAsync(new LedgerBatch([advance], files, version))
            );
            switch (_random.Next(4))
            {
                case 0:
                    await _lake.ApplyAllAsync();
                    break;
                case 1:
                    break;
                default:
                    await _lake.ApplyAsync();
                    break;
            }
            await _judge.CommittedAsync(default);
            if (_random.Next(2) == 0)
                await _judge.CoveredAsync();
        }

        private ValueTask<StagedFile> WriteAsync(ColumnBatch batch, RowNumbers rows, DateOnly? date) =>
            FactFile.WriteAsync(
                _lake.Store,
                batch,
                rows,
                date is { } day ? LakeTable.NewFilePath(day) : LateRows.NewPath(),
                date,
                new ParquetOptions { PageRows = 16, RowGroupRows = 64 },
                default
            );

        private static unsafe RowOrder Order(ColumnBatch batch, NativeBuffer verdicts) => new(batch, verdicts.Pointer);

        private static unsafe Stored RowOf(ColumnBatch batch, int row) =>
            new(
                Encoding.UTF8.GetString(batch.Text("event_id").Get(row)),
                batch.Int32("event_date").Values[row],
                batch.Int64("event_time").Values[row],
                batch.Int32("payload_hash").Values[row]
            );

        private static void Add(ColumnBatch batch, string id, long time, int payload)
        {
            var row = batch.Rows;
            var bytes = Encoding.UTF8.GetBytes(id);
            batch.Text("event_id").Set(row, bytes);
            batch.Int64("event_key").Set(row, (long)StableHash.Hash64(bytes));
            batch.Int64("event_time").Set(row, time);
            batch.Int64("received_time").Set(row, time);
            batch.Int64("processed_time").Set(row, time);
            batch.Int32("event_date").Set(row, (int)(time / 86_400_000_000));
            batch.Int32("payload_hash").Set(row, payload);
            batch.Dictionary("stream").Set(row, "s"u8);
            batch.Int64("stream_offset").Set(row, row);
            if (row % 3 == 0)
                batch.Int64("user_key").Set(row, row / 9);
            batch.AddRow();
        }
    }
}
