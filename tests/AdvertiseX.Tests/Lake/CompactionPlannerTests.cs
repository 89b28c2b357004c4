using AdvertiseX.Lake;

namespace AdvertiseX.Tests.Lake;

/// <summary>What compaction costs and leaves over the life of a date, by the planner alone.</summary>
public sealed class CompactionPlannerTests(ITestOutputHelper output)
{
    private const int CommitsADay = 24 * 60 * 30;
    private static readonly CompactionOptions Options = new();

    [Theory]
    [InlineData(1_000, 1, Explicit = true)]
    [InlineData(100_000, 2)]
    [InlineData(2_000_000, 3, Explicit = true)]
    public void A_date_of_commits_every_two_seconds_with_late_rows(long bytesASecond, int seed)
    {
        var random = new Random(seed);
        var date = new SimulatedDate(Options);
        for (var commit = 0; commit < CommitsADay; commit++)
        {
            var minute = commit / 30;
            var late = (Minute: random.Next(minute + 1), Bytes: bytesASecond / 50);
            date.Add(commit % 30 == 0 ? [(minute, bytesASecond * 2), late] : [(minute, bytesASecond * 2)]);
            if (commit % 10 == 0)
                date.Compact(isClosed: false);
        }
        Assert.InRange(date.MostSmall, 1, 63);
        date.Compact(isClosed: true);
        Report("live", date);
        Assert.InRange(date.Small.Count, 1, 16);
        // 1 % late for a week: a file a minute, then one every ten.
        for (var file = 0; file < 3_000; file++)
        {
            date.Add([
                .. Enumerable.Range(0, 3).Select(_ => (random.Next(1440), 1 + (bytesASecond * 86_400 / 900_000))),
            ]);
            date.Compact(isClosed: true);
            Assert.InRange(date.Small.Count, 0, 16);
        }
        Report("late", date);
        Assert.InRange(date.Amplification, 1, 4);
        Assert.InRange(date.Unbalanced, 0, date.Merges / 100);
        Assert.InRange(Enumerable.Range(0, 1440).Average(date.FilesAt), 1, 24);
    }

    [Theory]
    [InlineData(1, Explicit = true)]
    [InlineData(2)]
    [InlineData(3, Explicit = true)]
    public void Files_of_any_sizes_in_a_table_without_times(int seed)
    {
        var random = new Random(seed);
        var date = new SimulatedDate(Options, hasTimes: false);
        for (var file = 0; file < 5_000; file++)
        {
            date.Add([(0, (long)Math.Exp(random.NextDouble() * Math.Log(50_000_000)))]);
            date.Compact(isClosed: seed % 2 == 0);
            Assert.InRange(date.Small.Count, 0, seed % 2 == 0 ? 16 : 63);
        }
        Report("any", date);
        Assert.InRange(date.Amplification, 1, 4);
    }

    [Fact(Explicit = true)]
    public void A_year_of_commits_every_two_seconds()
    {
        var random = new Random(7);
        var (written, ingested, files) = (0L, 0L, 0L);
        for (var day = 0; day < 365; day++)
        {
            // Traffic has hours and weeks, and 1 % of it is late by up to a day.
            var date = new SimulatedDate(Options);
            for (var commit = 0; commit < CommitsADay; commit++)
            {
                var minute = commit / 30;
                var bytes =
                    (long)(200_000 * (1 + Math.Sin((minute / 1440.0 * 2 * Math.PI) + (day % 7))) * random.NextDouble())
                    + 1_000;
                date.Add(
                    commit % 30 == 7 ? [(minute, bytes), (random.Next(minute + 1), 1 + (bytes / 3))] : [(minute, bytes)]
                );
                if (commit % 15 == 0)
                    date.Compact(isClosed: false);
            }
            for (var late = 0; late < 1_440; late++)
            {
                date.Add([(random.Next(1440), 20_000), (random.Next(1440), 20_000)]);
                date.Compact(isClosed: true);
            }
            Assert.InRange(date.MostSmall, 1, 63);
            Assert.InRange(date.Small.Count, 0, 16);
            Assert.InRange(date.Amplification, 1, 4);
            (written, ingested, files) = (written + date.Written, ingested + date.Ingested, files + date.Files.Count());
        }
        output.WriteLine(
            $"a year: {ingested / 1e12:0.00} TB, amplification {(double)written / ingested:0.00}, {files} files"
        );
        Assert.InRange((double)written / ingested, 1, 3.5);
    }

    [Theory]
    [InlineData(300_000_000, 14_000_000, true)]
    [InlineData(300_000_000, 90_000_000, false)]
    [InlineData(9_000_000_000, 90_000_000, true)]
    [InlineData(9_000_000_000, 90_000_000, false)]
    [InlineData(9_000_000_000, 14_000_000, true, Explicit = true)]
    [InlineData(9_000_000_000, 14_000_000, false)]
    public void A_date_that_is_loaded_at_once(long bytes, long bytesAFile, bool inOrderOfCampaigns)
    {
        var date = new SimulatedDate(Options);
        for (var from = 0L; from < bytes; from += bytesAFile)
        {
            var first = inOrderOfCampaigns ? 0 : (int)(from * 1440 / bytes);
            var last = inOrderOfCampaigns
                ? 1440
                : Math.Clamp((int)((from + bytesAFile) * 1440 / bytes), first + 1, 1440);
            date.Add(Enumerable.Range(first, last - first).Select(minute => (minute, bytesAFile / (last - first))));
            // An ingestion commits many files before it compacts.
            if (from / bytesAFile % 20 == 19)
                date.Compact(isClosed: true);
        }
        date.Compact(isClosed: true);
        Report("batch", date);
        Assert.Equal(0, date.Unbalanced);
        Assert.InRange(Enumerable.Range(0, 1440).Average(date.FilesAt), 1, 12);
        Assert.InRange(date.Small.Count, 0, 16);
        Assert.InRange(date.Amplification, 1, 4);
    }

    private void Report(string what, SimulatedDate date) =>
        output.WriteLine(
            $"{what}: {date.Ingested / 1e6:0} MB, amplification {date.Amplification:0.00}, {date.Merges} merges, {date.Unbalanced} unbalanced, "
                + $"{date.Files.Count()} files, {date.Small.Count} small, most small {date.MostSmall}, "
                + $"files at a time {Enumerable.Range(0, 1440).Average(date.FilesAt):0.0}, slices {string.Join(' ', date.Files.Where(file => file.Slice is not null).GroupBy(file => file.Slice!.Value.Minutes).Select(group => $"{group.Count()}×{group.Key}"))}"
        );
}
