using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Sources;
using AdvertiseX.Tests.Ingestion;

namespace AdvertiseX.Tests.Lake;

/// <summary>Files beside the tables that are cut short, flipped, emptied or lost: those that can be made anew change no
/// verdict and no row, and of the others the file is named.</summary>
public sealed class DerivedDamageTests : IDisposable
{
    private const int Blocks = 7;
    private const int Streams = 8_100;
    private const int Records = Blocks * NumbersSource.RecordsOfBlock;

    // What is derived has no other word to say than the same.
    private static readonly (string Pattern, bool IsDerived)[] Kinds =
    [
        ("impressions/_keys/event_date=*/*.keys", true),
        ("impressions/_keys/filters/*.filter", true),
        ("impressions/_keys/coverage/*.json", true),
        ("impressions/_delta_log/*.checkpoint.parquet", true),
        ("ingest_ledger/_delta_log/*.checkpoint.parquet", true),
        ("impressions/_delta_log/_last_checkpoint", true),
        ("ingest_ledger/_delta_log/_last_checkpoint", true),
        ("ingest_ledger/_positions/0*.json", true),
        ("ingest_ledger/_maintenance/compacted/impressions/*.json", true),
        ("impressions/_late/*.parquet", false),
        ("ingest_ledger/_positions/streams-*", false),
    ];

    private readonly TempIngest _ingest = new()
    {
        Options = new()
        {
            CommitUnitBytes = 1,
            AnySize = true,
            KeysWorthAFilter = 60,
        },
    };

    public static IEnumerable<TheoryDataRow<int>> Worlds => Seeds.From(1, 12, 1);

    public void Dispose() => _ingest.Dispose();

    [Theory]
    [MemberData(nameof(Worlds))]
    public async Task Damage_changes_no_verdict_and_loses_no_row(int seed)
    {
        await FillAsync();
        var random = new Random(seed);
        var whole = Path.Combine(_ingest.Folder, "whole");
        Directory.Move(_ingest.Lake, whole);
        foreach (var (pattern, isDerived) in Kinds)
        {
            Copy(whole, _ingest.Lake);
            var files = Find(pattern);
            Assert.NotEmpty(files);
            var victim = files[random.Next(files.Length)];
            var damage = Damage(victim, random);
            try
            {
                await AssertSameAsync(mayBeToldOf: isDerived ? null : Path.GetFileName(victim));
            }
            catch (DeltaException told) when (!isDerived)
            {
                Assert.Contains(Path.GetFileName(victim), told.Message, StringComparison.Ordinal);
            }
            catch (Exception failed) when (failed is not DeltaException || isDerived)
            {
                throw new InvalidOperationException($"{Path.GetRelativePath(_ingest.Lake, victim)} {damage}", failed);
            }

            Directory.Delete(_ingest.Lake, recursive: true);
        }
    }

    // Everything is a copy, and the live stream goes on where it was.
    private async Task AssertSameAsync(string? mayBeToldOf)
    {
        var again = Path.Combine(_ingest.Input, "again.ndjson");
        var copies = await _ingest.RunAsync(again);
        Assert.Equal(
            (0L, (long)Records),
            (copies.CountsOf(EventKind.Impression).Accepted, copies.CountsOf(EventKind.Impression).Duplicate)
        );
        using var lake = await _ingest.OpenAsync();
        await LiveAsync(lake, 1);
        await lake.ApplyAllAsync();
        Assert.Equal((Blocks + 1) * (long)NumbersSource.BlockBytes, lake.Ledger.PositionOf(NumbersSource.StreamName));
        var ids = TempIngest.Query(lake, "impressions", "SELECT count(*), count(DISTINCT event_id) FROM events");
        var all = $"{Records + NumbersSource.RecordsOfBlock}";
        Assert.Equal((all, all), (ids[0][0], ids[0][1]));
        var told = (await LakeVerifier.RunAsync(lake)).Problems;
        Assert.All(told, problem => Assert.Contains(mayBeToldOf ?? "nothing", $"{problem}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verification_names_a_damaged_archive_of_streams_and_a_damaged_state()
    {
        await FillAsync();
        var archive = Find("ingest_ledger/_positions/streams-*").Single();
        var bytes = await File.ReadAllBytesAsync(archive, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 3] ^= 1;
        await File.WriteAllBytesAsync(archive, bytes, TestContext.Current.CancellationToken);
        using (var lake = await _ingest.OpenAsync())
        {
            var problem = Assert.Single((await LakeVerifier.RunAsync(lake)).Problems);
            Assert.Equal(
                $"positions: ingest_ledger: ingest_ledger/_positions/{Path.GetFileName(archive)} is damaged: it holds positions of streams that were read long ago.",
                $"{problem}"
            );
        }

        File.Delete(archive);
        using (var lake = await _ingest.OpenAsync())
        {
            var problem = Assert.Single((await LakeVerifier.RunAsync(lake)).Problems);
            Assert.Contains($"{Path.GetFileName(archive)} is not there", $"{problem}", StringComparison.Ordinal);
            Assert.Empty((await LakeVerifier.RunAsync(lake, new() { Quick = true })).Problems);
        }

        // Without its state the archive is not needed: the log says it all.
        var state = Find("ingest_ledger/_positions/0*.json").Single();
        bytes = await File.ReadAllBytesAsync(state, TestContext.Current.CancellationToken);
        // A digit of a position: JSON as good as before.
        bytes[bytes.AsSpan().LastIndexOf("\"next\":1"u8) + 7] = (byte)'7';
        await File.WriteAllBytesAsync(state, bytes, TestContext.Current.CancellationToken);
        using (var lake = await _ingest.OpenAsync())
        {
            Assert.Equal(1, lake.Ledger.PositionOf("stream 5"));
            var report = await LakeVerifier.RunAsync(lake);
            Assert.Empty(report.Problems);
            Assert.Equal(
                $"positions: ingest_ledger: the log is read instead; delete it: ingest_ledger/_positions/{Path.GetFileName(state)} is damaged: its hash is another.",
                $"{Assert.Single(report.Remarks)}"
            );
        }

        // Where the log does not reach back so far, the file is named.
        File.Delete(Path.Combine(_ingest.Lake, "ingest_ledger", "_delta_log", $"{2:D20}.json"));
        var told = await Assert.ThrowsAsync<DeltaException>(async () => await _ingest.OpenAsync());
        Assert.Contains(Path.GetFileName(state), told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hint_of_a_version_that_is_not_there_does_not_keep_checkpoints_from_being_written()
    {
        await FillAsync();
        var hint = Find("impressions/_delta_log/_last_checkpoint").Single();
        var text = await File.ReadAllTextAsync(hint, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            hint,
            text.Replace("\"version\":", "\"version\":9", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        using var lake = await _ingest.OpenAsync();
        await LiveAsync(lake, 1);
        var table = lake.Table("impressions").Delta;
        Assert.True(await table.Checkpoints.WriteAsync(table.Latest, default));
        Assert.Equal(table.Latest.Version, (await table.Log.ReadHintAsync(default)).Version);
    }

    [Fact]
    public async Task Late_rows_that_another_wrote_and_deleted_meanwhile_are_there_once()
    {
        using (var lake = await _ingest.OpenAsync())
            await LiveAndLeaveLateRowsAsync(lake, 2);
        var late = Find("impressions/_late/*.parquet");
        var store = new FlakyStore(new LocalObjectStore(_ingest.Lake));
        var isFirst = true;
        store.BeforeOpen = key =>
        {
            if (!isFirst || !key.StartsWith("impressions/_late/", StringComparison.Ordinal))
                return;
            isFirst = false;
            _ingest.OpenAsync().GetAwaiter().GetResult().Dispose();
            foreach (var file in late)
                File.Delete(file);
        };
        using var asleep = await DataLake.OpenAsync(store, "slow", create: true, _ingest.Clock);
        Assert.False(isFirst);
        Assert.Equal(2 * NumbersSource.RecordsOfBlock, asleep.Table("impressions").Summary().Rows);
        await TempIngest.VerifyAsync(asleep);
    }

    [Fact]
    public async Task A_unit_that_the_ledger_could_not_take_leaves_no_file()
    {
        (await _ingest.OpenAsync()).Dispose();
        var before = FilesOfLake();
        _ingest.Write("again.ndjson", NumbersSource.Block(0));
        var store = new FlakyStore(new LocalObjectStore(_ingest.Lake));
        using (var lake = await DataLake.OpenAsync(store, "full", create: true, _ingest.Clock))
        {
            store.FailPuts = 1;
            await Assert.ThrowsAsync<IOException>(() => IngestAsync(lake));
            Assert.Equal(before, FilesOfLake());

            // An answer that was lost is no failure, and its files stay.
            store.LoseAnswersOfPuts = 1;
            await IngestAsync(lake);
            Assert.Equal(NumbersSource.RecordsOfBlock, lake.Table("impressions").Summary().Rows);
        }

        using var again = await _ingest.OpenAsync();
        await TempIngest.VerifyAsync(again);

        Task IngestAsync(DataLake lake) =>
            new EventPipeline(_ingest.EnvironmentOf(lake)).RunAsync(
                new SourceCatalog(_ingest.Contracts).Find([_ingest.Input]),
                null,
                default
            );

        List<string> FilesOfLake() =>
            [.. Directory.GetFiles(_ingest.Lake, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Two_that_make_filters_at_once_find_each_others_rows()
    {
        const int Files = 8;
        using var one = await _ingest.OpenAsync();
        using var other = await _ingest.OpenAsync();
        // Each id is in two files, at times that differ, which the two processes read in different order.
        var paths = new List<string>();
        for (var file = 0; file < Files; file++)
            paths.Add(_ingest.Write($"{file}.ndjson", NumbersSource.Block(file)));
        var again = new List<string>();
        for (var file = Files - 1; file >= 0; file--)
            again.Add(
                _ingest.Write(
                    $"again-{file}.ndjson",
                    NumbersSource.Block(file, new(2024, 3, 2, 0, 0, 0, TimeSpan.Zero))
                )
            );
        await Task.WhenAll(Task.Run(() => IngestAsync(one, paths)), Task.Run(() => IngestAsync(other, again)));
        await one.RefreshAsync();
        Assert.Equal(Files * NumbersSource.RecordsOfBlock, one.Table("impressions").Summary().Rows);
        var ids = TempIngest.Query(one, "impressions", "SELECT count(DISTINCT event_id) FROM events");
        Assert.Equal($"{Files * NumbersSource.RecordsOfBlock}", ids[0][0]);
        // What the newest coverage names is there.
        var coverage = await new KeyCoverageStore(one.Store, "impressions").NewestAsync(KeyCoverage.None, default);
        Assert.NotEmpty(coverage.Filters);
        Assert.All(coverage.Filters, filter => Assert.True(File.Exists(Path.Combine(_ingest.Lake, filter.Key))));
        await TempIngest.VerifyAsync(one);

        async Task IngestAsync(DataLake lake, List<string> files)
        {
            foreach (var file in files)
                await new EventPipeline(_ingest.EnvironmentOf(lake)).RunAsync(
                    new SourceCatalog(_ingest.Contracts).Find([file]),
                    null,
                    default
                );
        }
    }

    /// <summary>Late rows that wait, filters, merged files, checkpoints that commits follow, an archive in which the
    /// live stream is.</summary>
    private async Task FillAsync()
    {
        _ingest.Write("again.ndjson", string.Concat(Enumerable.Range(0, Blocks).Select(Block)));
        using (var lake = await _ingest.OpenAsync())
        {
            await LiveAsync(lake, Blocks - 1);
            var table = lake.Table("impressions");
            await Compaction.RunAsync(lake, table, SharedEngines.Models, new() { MinFiles = 2 });
            foreach (var each in new[] { table.Delta, lake.Ledger.Delta })
                await each.Checkpoints.WriteAsync(each.Latest, default);
            await LiveAndLeaveLateRowsAsync(lake, 1);
            var streams = Enumerable
                .Range(0, Streams)
                .Select(stream => TestLake.Advance($"stream {stream}", 0, 1, accepted: 0, duplicate: 1));
            Assert.IsType<LedgerResult.Committed>(
                await lake.Ledger.CommitAsync(new LedgerBatch([.. streams], [], lake.Ledger.Version))
            );
            await lake.Ledger.SavedAsync();
            await lake.Ledger.SaveStateAsync();
            Assert.False(lake.Ledger.State.Streams.ContainsKey(NumbersSource.StreamName));
        }

        static string Block(int number) =>
            System.Text.Encoding.UTF8.GetString(NumbersSource.Block(number, lateDays: 2));
    }

    private async Task LiveAsync(DataLake lake, int blocks)
    {
        using var stop = new CancellationTokenSource();
        var source = new NumbersSource(blocks, stop) { Clock = _ingest.Clock, LateDays = 2 };
        var run = new IngestRun([source], [], null, _ingest.Clock);
        await new EventPipeline(_ingest.EnvironmentOf(lake)).RunAsync([source], run, stop.Token);
    }

    // A run writes them at its end, unless it is killed.
    private async Task LiveAndLeaveLateRowsAsync(DataLake lake, int blocks)
    {
        using (new CrashAt("late: files written"))
            await Assert.ThrowsAsync<CrashAt.Crash>(() => LiveAsync(lake, blocks));
    }

    private string[] Find(string pattern)
    {
        var parts = pattern.Split('/');
        var folders = new[] { _ingest.Lake };
        foreach (var part in parts[..^1])
            folders = [.. folders.SelectMany(folder => Directory.GetDirectories(folder, part))];
        return [.. folders.SelectMany(folder => Directory.GetFiles(folder, parts[^1])).Order(StringComparer.Ordinal)];
    }

    private static string Damage(string file, Random random)
    {
        var bytes = File.ReadAllBytes(file);
        switch (random.Next(4))
        {
            case 0:
                File.Delete(file);
                return "deleted";
            case 1:
                File.WriteAllBytes(file, []);
                return "emptied";
            case 2:
                var length = random.Next(bytes.Length);
                File.WriteAllBytes(file, bytes[..length]);
                return $"cut to {length} of {bytes.Length} bytes";
            default:
                var (at, bit) = (random.Next(bytes.Length), random.Next(8));
                bytes[at] ^= (byte)(1 << bit);
                File.WriteAllBytes(file, bytes);
                return $"bit {bit} of byte {at} of {bytes.Length} flipped";
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }
}
