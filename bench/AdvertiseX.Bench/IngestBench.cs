using System.Globalization;
using System.Text;
using AdvertiseX.DuckDb;

namespace AdvertiseX.Bench;

/// <summary>
/// The three feeds to facts in a lake: <c>adx ingest --no-models</c> and the DuckDB script in turns, each in a process
/// of its own, on the same files, which both find in the page cache. Results are compared before a time is believed.
/// Best of the runs counts.
/// </summary>
internal static class IngestBench
{
    private static readonly string[] AllFeeds = ["impressions", "clicks_conversions", "bid_requests"];

    /// <param name="root">Where feeds and outputs are kept.</param>
    /// <param name="args">Sizes (default 1m,4m,16m), runs of each (default 3).</param>
    public static Task<int> RunAsync(string root, string[] args) =>
        RunAsync(
            root,
            args.Length > 0 ? [.. args[0].Split(',').Select(FeedSet.ParseSize)] : [1_000_000, 4_000_000, 16_000_000],
            args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3
        );

    /// <param name="root">Where feeds and outputs are kept.</param>
    /// <param name="sizes">Impressions of each size.</param>
    /// <param name="runs">Turns of each size.</param>
    /// <returns>0, or 1 if the results differ.</returns>
    public static async Task<int> RunAsync(string root, IReadOnlyList<long> sizes, int runs)
    {
        var rows = new List<Row>();
        foreach (var size in sizes)
        {
            var set = await FeedSet.OfAsync(root, size);
            foreach (var feeds in new[] { AllFeeds, AllFeeds[..2] })
            {
                var (row, differences) = await MeasureAsync(root, set, feeds, runs);
                rows.Add(row);
                Console.Error.WriteLine(row);
                if (differences.Count == 0)
                    continue;
                Console.Error.WriteLine($"results differ at {size:N0} impressions:");
                foreach (var difference in differences.Take(40))
                    Console.Error.WriteLine("  " + difference);
                return 1;
            }
        }

        ResultPage.Write("Ingest: three feeds to facts in the lake", Page(rows, runs));
        return 0;
    }

    private static async Task<(Row Row, IReadOnlyList<string> Differences)> MeasureAsync(
        string root,
        FeedSet set,
        string[] feeds,
        int runs
    )
    {
        string ours = Path.Combine(root, "out-adx"),
            theirs = Path.Combine(root, "out-duckdb");
        IReadOnlyList<string> differences = [];
        List<ChildResult> our = [],
            their = [];
        for (var run = 0; run < runs; run++)
        {
            Clear(ours);
            Clear(theirs);
            our.Add(ChildResult.Of(["run-adx", set.Folder, ours, .. feeds]));
            their.Add(ChildResult.Of(["run-duckdb", set.Folder, set.BidRequestLinesFolder, theirs, .. feeds]));
            if (run == 0)
                differences = await Comparison.OfAsync(ours, theirs, feeds);
            if (differences.Count > 0)
                break;
        }

        var bytes = set
            .Feeds.Where(f => feeds.Contains(Path.GetFileName(f)))
            .SelectMany(f => Directory.GetFiles(f))
            .Sum(f => new FileInfo(f).Length);
        var events = Accepted(theirs);
        Clear(ours);
        Clear(theirs);
        return (
            new Row(set.Impressions, events, bytes, feeds.Length == AllFeeds.Length, Best(our), Best(their)),
            differences
        );
    }

    // The least disturbed run of each measure.
    private static ChildResult Best(List<ChildResult> runs) =>
        new(
            runs.Min(r => r.WallSeconds),
            runs.Min(r => r.CpuSeconds),
            runs.Max(r => r.PeakMegabytes),
            runs.Min(r => r.AllocatedMegabytes)
        )
        {
            Steps = runs[0].Steps.Keys.ToDictionary(k => k, k => runs.Min(r => r.Steps[k])),
        };

    private static long Accepted(string peer)
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        using var result = connection.Query(
            $"SELECT count(*) FROM read_parquet('{peer}/*/*/*.parquet', union_by_name = true)"
        );
        var rows = result.Rows();
        rows.Read();
        return rows.GetInt64(0);
    }

    private static void Clear(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, true);
    }

    private static string Page(List<Row> rows, int runs)
    {
        var page = new StringBuilder();
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"DuckDB {DuckDbDatabase.LibraryVersion}, .NET {Environment.Version}; best of {runs}; {TimeProvider.System.GetUtcNow():yyyy-MM-dd}. MB/s are bytes of the files that adx reads."
        );
        page.AppendLine(
            "\"all\": the peer gets the bid requests as lines of JSON, made outside the timing, as DuckDB 1.5 reads no Avro here;"
        );
        page.AppendLine(
            "\"text\": impressions and clicks and conversions alone, byte for byte the same files for both.\n"
        );
        page.AppendLine(
            "| impressions | feeds | accepted events | | wall s | CPU s | events/s | MB/s | CPU s per M events | peak MB | allocated MB |"
        );
        page.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var row in rows)
        {
            page.AppendLine(row.Line("adx", row.Ours));
            page.AppendLine(row.Line("DuckDB", row.Theirs));
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| | | | **ratio** | **{row.WallRatio:F2}** | **{row.CpuRatio:F2}** | | | | {row.Theirs.PeakMegabytes / row.Ours.PeakMegabytes:F2} | |"
            );
        }

        page.AppendLine();
        foreach (var group in rows.GroupBy(r => r.All))
        {
            var (first, last) = (group.MinBy(r => r.Events)!, group.MaxBy(r => r.Events)!);
            if (first.Events == last.Events)
                continue;
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"Growth exponent of CPU time, {first.Name}, {first.Impressions:N0} to {last.Impressions:N0}: adx {Exponent(r => r.Ours):F3}, DuckDB {Exponent(r => r.Theirs):F3}."
            );

            double Exponent(Func<Row, ChildResult> of) =>
                Math.Log(of(last).CpuSeconds / of(first).CpuSeconds) / Math.Log((double)last.Events / first.Events);
        }

        var steps = rows.Where(r => r.All).MaxBy(r => r.Events)!;
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"\nThe peer's seconds by step at {steps.Impressions:N0}: {string.Join(", ", steps.Theirs.Steps.Select(s => $"{s.Key} {s.Value.ToString("F1", CultureInfo.InvariantCulture)}"))}."
        );
        return page.ToString();
    }

    private sealed record Row(long Impressions, long Events, long Bytes, bool All, ChildResult Ours, ChildResult Theirs)
    {
        public string Name => All ? "all" : "text";

        public double WallRatio => Theirs.WallSeconds / Ours.WallSeconds;

        public double CpuRatio => Theirs.CpuSeconds / Ours.CpuSeconds;

        public string Line(string who, ChildResult cost) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {Impressions:N0} | {Name} | {Events:N0} | {who} | {cost.WallSeconds:F2} | {cost.CpuSeconds:F2} | {Events / cost.WallSeconds:N0} | {Bytes / 1e6 / cost.WallSeconds:F0} | {cost.CpuSeconds / Events * 1e6:F2} | {cost.PeakMegabytes:F0} | {cost.AllocatedMegabytes:F0} |"
            );

        public override string ToString() =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Impressions:N0} {Name}: wall {Ours.WallSeconds:F1} : {Theirs.WallSeconds:F1} s = {WallRatio:F2}, CPU {Ours.CpuSeconds:F1} : {Theirs.CpuSeconds:F1} s = {CpuRatio:F2}, peak {Ours.PeakMegabytes:F0} : {Theirs.PeakMegabytes:F0} MB"
            );
    }
}
