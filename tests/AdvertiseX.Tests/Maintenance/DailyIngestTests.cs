using AdvertiseX.Generation;
using AdvertiseX.Lake;
using AdvertiseX.Tests.Cli;

namespace AdvertiseX.Tests.Maintenance;

/// <summary>A lake that gets a day of feeds each day, by <c>adx ingest</c> alone.</summary>
public sealed class DailyIngestTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-daily-").FullName;
    private readonly DaysAhead _clock = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Nothing_dead_is_left_beyond_its_retention()
    {
        var state = await LiveAsync("lake", days: 4, impressions: 40, keptDays: 1, isMaintained: true);
        // Dead are only files that left their table within the retention, or since the vacuum of the day before.
        Assert.True(state.Oldest <= TimeSpan.FromDays(2), $"{state.Oldest}");
        Assert.True(state.Files > state.Live);
    }

    [Fact(Explicit = true)]
    public async Task A_month_leaves_the_rows_of_one_that_was_never_tidied_in_fewer_files()
    {
        var tidied = await LiveAsync("tidied", days: 30, impressions: 2_000, keptDays: 7, isMaintained: true);
        var left = await LiveAsync("left", days: 30, impressions: 2_000, keptDays: 7, isMaintained: false);
        output.WriteLine($"by itself: {tidied}; without: {left}");
        Assert.Equal(left.Rows, tidied.Rows);
        Assert.True(tidied.Oldest <= TimeSpan.FromDays(8), $"{tidied.Oldest}");
        Assert.True(left.Oldest > TimeSpan.FromDays(20), $"{left.Oldest}");
        Assert.True(tidied.Files < left.Files, $"{tidied.Files} of {left.Files}");
    }

    private async Task<State> LiveAsync(string name, int days, int impressions, int keptDays, bool isMaintained)
    {
        var path = Path.Combine(_folder, name);
        var config = Path.Combine(_folder, $"{name}.json");
        await File.WriteAllTextAsync(
            config,
            $$$"""{"maintenance":{"enabled":{{{(isMaintained ? "true" : "false")}}}},"retention":{"files_hours":{{{keptDays * 24}}}}}"""
        );
        for (var day = 0; day < days; day++)
        {
            _clock.Days = day;
            var feeds = Path.Combine(_folder, $"{name}-{day}");
            await FeedGenerator.GenerateAsync(
                new GeneratorOptions
                {
                    OutputDirectory = feeds,
                    Impressions = impressions,
                    Seed = (ulong)day,
                    Start = new DateOnly(2024, 3, 1).AddDays(day),
                    Days = 1,
                    Campaigns = 8,
                },
                cancellationToken: TestContext.Current.CancellationToken
            );
            string[] reference =
            [
                "reference",
                "load",
                Path.Combine(feeds, "reference"),
                "--lake",
                path,
                "--config",
                config,
            ];
            if (day == 0)
                Assert.Equal(0, (await CliRun.RunAsync(reference, [], _clock)).Code);
            var (code, _, error) = await CliRun.RunAsync(
                [
                    "ingest",
                    Path.Combine(feeds, "impressions"),
                    Path.Combine(feeds, "clicks_conversions"),
                    "--lake",
                    path,
                    "--config",
                    config,
                ],
                [],
                _clock
            );
            Assert.Equal((0, ""), (code, error));
        }
        return await StateOfAsync(path);
    }

    private async Task<State> StateOfAsync(string path)
    {
        using var lake = await DataLake.OpenAsync(
            path,
            clock: _clock,
            cancellation: TestContext.Current.CancellationToken
        );
        var files = Directory.GetFiles(path, "*.parquet", SearchOption.AllDirectories);
        var data = files
            .Where(file => LakeTable.IsDataFile(Path.GetRelativePath(path, file).Replace('\\', '/')))
            .ToList();
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var there = data.Select(file => Path.GetRelativePath(path, file).Replace('\\', '/')).ToHashSet();
        var live = 0;
        var oldest = 0L;
        foreach (var table in lake.AllTables)
        {
            live += table.Delta.Latest.Files.Count;
            var removed = await table.Delta.ReadRemovedAsync(table.Delta.Latest);
            foreach (var key in there.Where(key => key.StartsWith(table.Name + "/", StringComparison.Ordinal)))
            {
                var file = key[(table.Name.Length + 1)..];
                // One that the log forgot is older than all that it names.
                if (!table.Delta.Latest.Files.ContainsKey(file))
                    oldest = Math.Max(oldest, now - (removed.ByPath.GetValueOrDefault(file)?.DeletedMillis ?? 0));
            }
        }
        Assert.True((await LakeVerifier.RunAsync(lake)).Holds);
        return new State(
            data.Count,
            live,
            new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length),
            TimeSpan.FromMilliseconds(oldest),
            string.Join(
                ' ',
                lake.AllTables.Where(table => table.Name != IngestLedger.TableName)
                    .Select(table => $"{table.Name} {table.Summary().Rows}")
            )
        );
    }

    private sealed record State(int Files, int Live, long Bytes, TimeSpan Oldest, string Rows);

    private sealed class DaysAhead : TimeProvider
    {
        public int Days { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddDays(Days);
    }
}
