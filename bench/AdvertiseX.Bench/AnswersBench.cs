using System.Globalization;
using System.Text;
using AdvertiseX.DuckDb;

namespace AdvertiseX.Bench;

/// <summary>
/// End to end: three feeds and the descriptions of campaigns to facts and all marts, <c>adx reference load</c> and
/// <c>adx ingest</c> beside the DuckDB script that does all of it, in turns, each in a process of its own. Facts and
/// marts are compared before a time is believed.
/// </summary>
internal static class AnswersBench
{
    private static readonly string[] Feeds = ["impressions", "clicks_conversions", "bid_requests"];

    /// <param name="root">Where feeds and outputs are kept.</param>
    /// <param name="args">Sizes (default 1m), runs of each (default 1).</param>
    /// <returns>0, or 1 if the results differ.</returns>
    public static async Task<int> RunAsync(string root, string[] args)
    {
        var sizes = (args.Length > 0 ? args[0] : "1m").Split(',').Select(FeedSet.ParseSize).ToList();
        var runs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
        var rows = new List<Row>();
        foreach (var size in sizes)
        {
            var set = await FeedSet.OfAsync(root, size);
            var (row, differences) = await MeasureAsync(root, set, runs);
            rows.Add(row);
            Console.Error.WriteLine(row);
            if (differences.Count == 0)
                continue;
            Console.Error.WriteLine($"results differ at {size:N0} impressions:");
            foreach (var difference in differences.Take(60))
                Console.Error.WriteLine("  " + difference);
            return 1;
        }

        ResultPage.Write("Answers: three feeds to all marts", Page(rows, runs));
        return 0;
    }

    private static async Task<(Row Row, IReadOnlyList<string> Differences)> MeasureAsync(
        string root,
        FeedSet set,
        int runs
    )
    {
        string ours = Path.Combine(root, "out-adx"),
            theirs = Path.Combine(root, "out-duckdb");
        List<string> differences = [];
        List<ChildResult> our = [],
            their = [];
        for (var run = 0; run < runs && differences.Count == 0; run++)
        {
            Clear(ours);
            Clear(theirs);
            our.Add(ChildResult.Of("run-adx-answers", root, FeedSet.NameOf(set.Impressions), ours));
            their.Add(ChildResult.Of("run-duckdb-answers", root, FeedSet.NameOf(set.Impressions), theirs));
            if (run > 0)
                continue;
            differences.AddRange(await Comparison.OfAsync(ours, theirs, Feeds));
            differences.AddRange(await MartComparison.OfAsync(ours, theirs));
        }

        var best = Best(our);
        if (differences.Count == 0)
        {
            // What each model costs can only be told where they run one after the other.
            OurAnswers.ForgetModels(ours);
            best = best with { StepCpu = ChildResult.Of("run-adx-models", ours, "stale", "apart").StepCpu };
            Clear(ours);
            Clear(theirs);
        }

        return (new Row(set.Impressions, set.Events, best, Best(their)), differences);
    }

    // The run of least CPU time, and of the whole the least wall time of any.
    private static ChildResult Best(List<ChildResult> runs) =>
        runs.MinBy(r => r.CpuSeconds)! with
        {
            WallSeconds = runs.Min(r => r.WallSeconds),
        };

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
            $"DuckDB {DuckDbDatabase.LibraryVersion}, .NET {Environment.Version}; the run of least CPU of {runs}, and of the whole the least wall time; {TimeProvider.System.GetUtcNow():yyyy-MM-dd}. \"all\" is the whole process; facts and marts were compared and are the same.\n"
        );
        page.AppendLine(
            "| impressions | events | | wall s | CPU s | CPU s ingest | CPU s marts | wall s ingest | wall s marts | peak MB ingest | peak MB marts |"
        );
        page.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var row in rows)
        {
            page.AppendLine(row.Line("adx", row.Ours)).AppendLine(row.Line("DuckDB", row.Theirs));
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| | | **ratio** | **{row.WallRatio:F2}** | **{row.CpuRatio:F2}** | {row.Of("ingest", p => p.CpuSeconds):F2} | {row.Of("marts", p => p.CpuSeconds):F2} | {row.Of("ingest", p => p.WallSeconds):F2} | {row.Of("marts", p => p.WallSeconds):F2} | {row.Of("ingest", p => p.PeakMegabytes):F2} | {row.Of("marts", p => p.PeakMegabytes):F2} |"
            );
        }

        var largest = rows.MaxBy(r => r.Impressions)!;
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"\nCPU seconds at {largest.Impressions:N0} impressions, by model (one after the other, in a run of their own): {Steps(largest.Ours)}.\n"
        );
        page.AppendLine(CultureInfo.InvariantCulture, $"The peer's, by script: {Steps(largest.Theirs)}.");
        return page.ToString();
    }

    private static string Steps(ChildResult cost) =>
        string.Join(
            ", ",
            cost.StepCpu.OrderByDescending(s => s.Value)
                .Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key} {s.Value:F2}"))
        );

    private sealed record Row(long Impressions, long Events, ChildResult Ours, ChildResult Theirs)
    {
        public double WallRatio => Theirs.WallSeconds / Ours.WallSeconds;

        public double CpuRatio => Theirs.CpuSeconds / Ours.CpuSeconds;

        public double Of(string phase, Func<PhaseCost, double> cost) =>
            cost(Theirs.Phases[phase]) / cost(Ours.Phases[phase]);

        public string Line(string who, ChildResult cost)
        {
            var (ingest, marts) = (cost.Phases["ingest"], cost.Phases["marts"]);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"| {Impressions:N0} | {Events:N0} | {who} | {cost.WallSeconds:F2} | {cost.CpuSeconds:F2} | {ingest.CpuSeconds:F2} | {marts.CpuSeconds:F2} | {ingest.WallSeconds:F2} | {marts.WallSeconds:F2} | {ingest.PeakMegabytes:F0} | {marts.PeakMegabytes:F0} |"
            );
        }

        public override string ToString() =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Impressions:N0}: wall {Ours.WallSeconds:F1} : {Theirs.WallSeconds:F1} s = {WallRatio:F2}, CPU {Ours.CpuSeconds:F1} : {Theirs.CpuSeconds:F1} s = {CpuRatio:F2}; marts CPU {Ours.Phases["marts"].CpuSeconds:F1} : {Theirs.Phases["marts"].CpuSeconds:F1} s"
            );
    }
}
