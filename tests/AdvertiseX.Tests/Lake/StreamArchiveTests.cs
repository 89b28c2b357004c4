using System.Text;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Sources;

namespace AdvertiseX.Tests.Lake;

/// <summary>Streams that left the ledger's resident state are found again.</summary>
public sealed class StreamArchiveTests : IDisposable
{
    private const string Folder = "ingest_ledger/_positions/";
    private readonly TestLake _test = new();

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Any_positions_in_any_order_are_found_as_they_were_last(int seed)
    {
        var random = new Random(seed);
        var store = new LocalObjectStore(_test.Folder);
        var archive = StreamArchive.Empty;
        var expected = new Dictionary<string, StreamPosition>(StringComparer.Ordinal);
        for (var round = 0; round < 25; round++)
        {
            var batch = Enumerable
                .Range(0, random.Next(1, 300))
                .Select(_ => random.Next(2_000))
                .Distinct()
                .Select(name => PositionOf(name, round, random))
                .ToList();
            archive = await archive.WithAsync(store, Folder, batch, default);
            foreach (var position in batch)
                expected[position.Stream] = position;
        }
        Assert.InRange(archive.Segments.Count, 1, 6);
        Assert.All(
            expected.Values,
            position => Assert.Equivalent(position, archive.Find(position.Stream), strict: true)
        );
        Assert.Null(archive.Find("/logs/never read.json"));
        var again = StreamArchive.Of(store, archive.Segments);
        Assert.All(expected.Values, position => Assert.Equal(position.Next, again.Find(position.Stream)!.Next));
    }

    [Fact]
    public async Task A_damaged_archive_is_told_and_never_read_as_if_a_stream_were_new()
    {
        var store = new LocalObjectStore(_test.Folder);
        var random = new Random(3);
        var positions = Enumerable.Range(0, 400).Select(name => PositionOf(name, 1, random)).ToList();
        var archive = await StreamArchive.Empty.WithAsync(store, Folder, positions, default);
        var key = archive.Segments.Single().Key;
        var content = (await store.ReadAsync(key))!;
        for (var at = 0; at < content.Length; at += content.Length / 60)
        {
            var damaged = content.ToArray();
            damaged[at] ^= 4;
            await store.PutAsync(key, damaged);
            foreach (var position in positions)
            {
                try
                {
                    var found = StreamArchive.Of(store, archive.Segments).Find(position.Stream);
                    Assert.Equivalent(position, found, strict: true);
                }
                catch (DeltaException told)
                {
                    Assert.Contains("damaged", told.Message, StringComparison.Ordinal);
                }
            }
        }
        await store.DeleteAsync(key);
        Assert.Contains(
            $"{key} is not there",
            Assert
                .Throws<DeltaException>(() => StreamArchive.Of(store, archive.Segments).Find(positions[0].Stream))
                .Message,
            StringComparison.Ordinal
        );
    }

    // Two of three streams and more leave the resident state in each case.
    [Theory]
    [InlineData(26, 1_000)]
    [InlineData(60, 2_000, Explicit = true)]
    public async Task Many_files_later_a_file_is_known_as_unchanged_grown_or_replaced(int commits, int filesOfCommit)
    {
        var path = Path.Combine(_test.Folder, "kept.json");
        using var other = await _test.OpenAsync();
        using (var lake = await _test.OpenAsync())
        {
            await CommitFileAsync(lake, path, "one\ntwo\n", path, tail: "half");
            for (var commit = 0; commit < commits; commit++)
            {
                var streams = Enumerable
                    .Range(0, filesOfCommit)
                    .Select(file => Stream($"/spool/{commit}/{file}.json", commit * 7 + file))
                    .ToList();
                Assert.IsType<LedgerResult.Committed>(
                    await lake.Ledger.CommitAsync(new(streams, [], lake.Ledger.Version))
                );
                await lake.Ledger.SavedAsync();
            }
            Assert.InRange(lake.Ledger.State.Streams.Count, 1, 2 * LedgerStateStore.MostResident);
            AssertKnows(lake, commits, filesOfCommit);
        }

        using var again = await _test.OpenAsync(create: false);
        Assert.InRange(again.Ledger.State.Streams.Count, 1, 2 * LedgerStateStore.MostResident + filesOfCommit);
        AssertKnows(again, commits, filesOfCommit);
        Assert.False(again.Ledger.State.Streams.ContainsKey(path));
        var mark = again.Ledger.Find(path)!.File!;
        Assert.Equal((8, 4, "impressions"), (mark.ContentLength, mark.TailLength, mark.TailCounts!.Single().Kind));
        Assert.Equal((FileChange.Unchanged, path), await RecognizeAsync(again, path, "one\ntwo\nhalf"));
        Assert.Equal((FileChange.Grown, path), await RecognizeAsync(again, path, "one\ntwo\nhalf and more\n"));
        Assert.Equal((FileChange.Replaced, path + "#2"), await RecognizeAsync(again, path, "another\n"));

        // Another process, which has all of them in memory, reads on and leaves them to the same archive.
        await other.Ledger.RefreshAsync();
        await CommitFileAsync(other, path + "#2", "another\n", path);
        await other.Ledger.SavedAsync();
        Assert.InRange(other.Ledger.State.Streams.Count, 1, 2 * LedgerStateStore.MostResident);
        AssertKnows(other, commits, filesOfCommit);
        await again.Ledger.RefreshAsync();
        Assert.Equal((FileChange.Unchanged, path + "#2"), await RecognizeAsync(again, path, "another\n"));
        Assert.Equal((FileChange.Replaced, path + "#3"), await RecognizeAsync(again, path, "a third\n"));
    }

    [Fact]
    public async Task A_process_that_slept_while_its_archive_was_replaced_goes_on_with_the_new_one()
    {
        const int Streams = 8_100;
        var clock = new MovedClock();
        using var awake = await DataLake.OpenAsync(_test.Folder, create: true, clock);
        await MoveAsync("old", 0);
        await awake.Ledger.SaveStateAsync();
        using var asleep = await DataLake.OpenAsync(_test.Folder, create: true, clock);
        var known = Assert.Single(asleep.Ledger.State.Archive.Segments).Key;
        await MoveAsync("new", 0);
        await awake.Ledger.SaveStateAsync();
        clock.Ahead = TimeSpan.FromHours(3);
        await MoveAsync("old", 1);
        await awake.Ledger.SaveStateAsync();
        Assert.Null(await awake.Store.FindAsync(known));

        await asleep.Ledger.RefreshAsync();
        for (var stream = 0; stream < Streams; stream += 50)
            Assert.Equal(
                (2, 1),
                (asleep.Ledger.PositionOf($"old {stream}"), asleep.Ledger.PositionOf($"new {stream}"))
            );

        async Task MoveAsync(string name, long from)
        {
            var moves = Enumerable
                .Range(0, Streams)
                .Select(stream => TestLake.Advance($"{name} {stream}", from, from + 1, accepted: 0, duplicate: 1));
            Assert.IsType<LedgerResult.Committed>(
                await awake.Ledger.CommitAsync(new LedgerBatch([.. moves], [], awake.Ledger.Version))
            );
            await awake.Ledger.SavedAsync();
        }
    }

    private static void AssertKnows(DataLake lake, int commits, int files)
    {
        for (var commit = 0; commit < commits; commit++)
        for (var file = commit; file < files; file += 397)
            Assert.Equal(commit * 7 + file + 1, lake.Ledger.PositionOf($"/spool/{commit}/{file}.json"));
        Assert.Null(lake.Ledger.Find("/spool/0/never.json"));
    }

    private static async Task<(FileChange, string)> RecognizeAsync(DataLake lake, string path, string content)
    {
        var recognized = await FileRecognition.RecognizeAsync(
            lake.Ledger,
            path,
            () => new MemoryStream(Encoding.UTF8.GetBytes(content))
        );
        return (recognized.Change, recognized.Stream);
    }

    private static async Task CommitFileAsync(
        DataLake lake,
        string stream,
        string content,
        string path,
        string? tail = null
    )
    {
        var counts = new LedgerCounts("impressions", 1, 0, 1, 0, 0, new Dictionary<string, long>());
        var mark = new FileMark(
            path,
            ContentHash.TextOf(Encoding.UTF8.GetBytes(content)),
            content.Length,
            tail?.Length ?? 0,
            tail is null ? null : ContentHash.TextOf(Encoding.UTF8.GetBytes(tail)),
            tail is null ? null : [counts]
        );
        var advance = new StreamAdvance(stream, 0, content.Length, [counts]) { File = mark };
        Assert.IsType<LedgerResult.Committed>(await lake.Ledger.CommitAsync(new([advance], [], lake.Ledger.Version)));
    }

    private static StreamAdvance Stream(string path, long length) =>
        new(path, 0, length + 1, []) { File = new(path, $"xxh64:{length:x16}", length + 1) };

    private static StreamPosition PositionOf(int name, long version, Random random)
    {
        var path = $"/logs/{name}" + (random.Next(2) == 0 ? " ü\n.json" : ".json");
        var stream = name % 3 == 0 ? $"{path}#{name % 5}" : path;
        var next = random.NextInt64(1L << 50);
        return new(stream, next, version, name % 4 == 0 ? null : new(path, $"xxh64:{next:x16}", next));
    }
}
