using System.Globalization;
using System.Text;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Bench;

/// <summary>
/// One record in a hundred, of all dates and feeds, comes late: <c>adx run</c> brings the marts up to it, beside <c>adx
/// run --full</c> over the same lake. Both must leave the same rows.
/// </summary>
internal static class RefreshBench
{
    /// <param name="root">Where feeds and lakes are kept.</param>
    /// <param name="args">Size (default 1m), then runs of each (default 3).</param>
    /// <returns>0, or 1 if the marts differ.</returns>
    public static async Task<int> RunAsync(string root, string[] args)
    {
        var set = await FeedSet.OfAsync(root, FeedSet.ParseSize(args.Length > 0 ? args[0] : "1m"));
        var runs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
        string parts = Path.Combine(root, "late-feeds"),
            lake = Path.Combine(root, "out-late");
        string refreshed = Path.Combine(root, "out-refreshed"),
            rebuilt = Path.Combine(root, "out-rebuilt");
        // Models side by side share the process's CPU time, so what each costs comes from runs of one after the other
        // on lakes of their own.
        string refreshedApart = refreshed + "-apart",
            rebuiltApart = rebuilt + "-apart";
        Clear(lake, refreshed, rebuilt, refreshedApart, rebuiltApart);
        var feeds = LateFeeds.Of(set, parts);
        var first = ChildResult.Of(["run-adx-lake", set.ReferenceFolder, lake, .. LateFeeds.FeedsOf(feeds.InTime)]);
        Clear(feeds.InTime);
        var late = ChildResult.Of(["run-adx-late", lake, .. LateFeeds.FeedsOf(feeds.Late)]);
        Clear(parts);
        List<PhaseCost> few = [],
            all = [];
        for (var run = 0; run < runs; run++)
        {
            few.Add(RunModels(lake, refreshed, "stale", "side-by-side").Phases["marts"]);
            all.Add(RunModels(lake, rebuilt, "full", "side-by-side").Phases["marts"]);
        }

        var (refreshApart, fullApart) = (
            RunModels(lake, refreshedApart, "stale", "apart"),
            RunModels(lake, rebuiltApart, "full", "apart")
        );
        List<string> differences =
        [
            .. await MartComparison.OfLakesAsync(refreshed, rebuilt),
            .. await MartComparison.OfLakesAsync(refreshed, refreshedApart),
        ];
        if (differences.Count > 0)
        {
            Console.Error.WriteLine("the refreshed marts are not the rebuilt ones:");
            foreach (var difference in differences.Take(60))
                Console.Error.WriteLine("  " + difference);
            return 1;
        }

        Clear(lake, refreshed, rebuilt, refreshedApart, rebuiltApart);
        var page = Page(set, first, late, few, all) + ByModel(first, refreshApart, fullApart);
        ResultPage.Write("Refresh: 1 % late data of all dates", page);
        return 0;
    }

    private static ChildResult RunModels(string lake, string copy, string how, string beside)
    {
        Clear(copy);
        Link(lake, copy);
        Warm(copy);
        return ChildResult.Of("run-adx-models", copy, how, beside);
    }

    private static void Clear(params string[] folders)
    {
        foreach (var folder in folders.Where(Directory.Exists))
            Directory.Delete(folder, true);
    }

    // No file of a lake is ever changed, only added, replaced by another, or removed: links are copies of it that take
    // no room in the machine's cache, and that leave the disk nothing to write while a run is timed.
    private static void Link(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            if (!PosixFile.Link(file, Path.Combine(to, Path.GetRelativePath(from, file))))
                throw new IOException($"{file} could not be linked into {to}");
    }

    // A machine may give the cache of files that rest for a minute to others, as this one does: what a run of a minute
    // reads again and again is there, what one of ten seconds reads once is not. So each run finds all files in it.
    private static void Warm(string folder)
    {
        var buffer = new byte[1 << 20];
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            while (stream.Read(buffer) > 0) { }
        }
    }

    private static string Page(
        FeedSet set,
        ChildResult first,
        ChildResult late,
        List<PhaseCost> few,
        List<PhaseCost> all
    )
    {
        var page = new StringBuilder();
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"{set.Impressions:N0} impressions, {set.Events:N0} events, 1 % of them late ({late.CpuSeconds:F1} CPU s to ingest); {TimeProvider.System.GetUtcNow():yyyy-MM-dd}. The marts are the same after both. Runs in turn over the same files, read once before each; ratios are of the least of {few.Count}.\n"
        );
        page.AppendLine("| | wall s | CPU s | peak MB |").AppendLine("|---|---|---|---|");
        page.AppendLine(Line("first build, without the late data", [first.Phases["marts"]]))
            .AppendLine(Line("`adx run`", few))
            .AppendLine(Line("`adx run --full`", all));
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"| **ratio** | **{Ratio(cost => cost.WallSeconds):F2}** | **{Ratio(cost => cost.CpuSeconds):F2}** | {Ratio(cost => cost.PeakMegabytes):F2} |\n"
        );
        return page.ToString();

        double Ratio(Func<PhaseCost, double> of) => all.Min(of) / few.Min(of);
    }

    private static string ByModel(ChildResult first, ChildResult refresh, ChildResult full)
    {
        var page = new StringBuilder();
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"By model, in runs of one after the other (`adx run` {refresh.Phases["marts"].WallSeconds:F2} s, `adx run --full` {full.Phases["marts"].WallSeconds:F2} s):\n"
        );
        page.AppendLine("| model | refresh | CPU s | rows written | files + − | CPU s full | ratio | rows of all |")
            .AppendLine("|---|---|---|---|---|---|---|---|");
        var rows = first.Rows.ToDictionary(row => row[0], row => row[2]);
        foreach (var row in refresh.Rows.OrderByDescending(row => refresh.StepCpu[row[0]]))
        {
            double few = refresh.StepCpu[row[0]],
                whole = full.StepCpu[row[0]];
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {row[0]} | {row[1]} | {few:F2} | {Count(row[2])} | {row[3]} {row[4]} | {whole:F2} | {whole / Math.Max(few, 0.001):F1} | {Count(rows[row[0]])} |"
            );
        }

        return page.ToString();
    }

    private static string Line(string what, List<PhaseCost> runs)
    {
        string Each(Func<PhaseCost, double> of, string format) =>
            string.Join(", ", runs.Select(run => of(run).ToString(format, CultureInfo.InvariantCulture)));
        return $"| {what} | {Each(run => run.WallSeconds, "F2")} | {Each(run => run.CpuSeconds, "F2")} | {Each(run => run.PeakMegabytes, "F0")} |";
    }

    private static string Count(string text) =>
        long.Parse(text, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture);
}
