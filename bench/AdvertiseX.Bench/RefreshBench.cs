using System.Globalization;
using System.Text;

namespace AdvertiseX.Bench;

/// <summary>
/// One record in a hundred, of all dates and feeds, comes late: <c>adx run</c> brings the marts up to it, beside <c>adx run --full</c> over
/// the same lake. Both must leave the same rows.
/// </summary>
internal static class RefreshBench
{
    /// <param name="root">Where feeds and lakes are kept.</param>
    /// <param name="args">Size (default 1m).</param>
    /// <returns>0, or 1 if the marts differ.</returns>
    public static async Task<int> RunAsync(string root, string[] args)
    {
        var set = await FeedSet.OfAsync(root, FeedSet.ParseSize(args.Length > 0 ? args[0] : "1m"));
        string parts = Path.Combine(root, "late-feeds"), refreshed = Path.Combine(root, "out-refreshed"), rebuilt = Path.Combine(root, "out-rebuilt");
        // Models side by side share the process's CPU time, so what each costs comes from runs of one after the other on lakes of their own.
        string refreshedApart = refreshed + "-apart", rebuiltApart = rebuilt + "-apart";
        Clear(refreshed, rebuilt, refreshedApart, rebuiltApart);
        var feeds = LateFeeds.Of(set, parts);
        var first = ChildResult.Of(["run-adx-lake", set.ReferenceFolder, refreshed, .. LateFeeds.FeedsOf(feeds.InTime)]);
        Clear(feeds.InTime);
        var late = ChildResult.Of(["run-adx-late", refreshed, .. LateFeeds.FeedsOf(feeds.Late)]);
        Clear(parts);
        foreach (string copy in (string[])[rebuilt, refreshedApart, rebuiltApart]) Copy(refreshed, copy);
        var refresh = ChildResult.Of("run-adx-models", refreshed, "stale", "side-by-side");
        var full = ChildResult.Of("run-adx-models", rebuilt, "full", "side-by-side");
        var refreshApart = ChildResult.Of("run-adx-models", refreshedApart, "stale", "apart");
        var fullApart = ChildResult.Of("run-adx-models", rebuiltApart, "full", "apart");
        List<string> differences = [.. await MartComparison.OfLakesAsync(refreshed, rebuilt), .. await MartComparison.OfLakesAsync(refreshed, refreshedApart)];
        if (differences.Count > 0)
        {
            Console.Error.WriteLine("the refreshed marts are not the rebuilt ones:");
            foreach (string difference in differences.Take(60)) Console.Error.WriteLine("  " + difference);
            return 1;
        }

        Clear(refreshed, rebuilt, refreshedApart, rebuiltApart);
        string page = Page(set, first, late, refresh, full) + ByModel(first, refreshApart, fullApart);
        ResultPage.Write("Refresh: 1 % late data of all dates", page);
        return 0;
    }

    private static void Clear(params string[] folders)
    {
        foreach (string folder in folders.Where(Directory.Exists)) Directory.Delete(folder, true);
    }

    private static void Copy(string from, string to)
    {
        foreach (string folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    private static string Page(FeedSet set, ChildResult first, ChildResult late, ChildResult refresh, ChildResult full)
    {
        var page = new StringBuilder();
        PhaseCost few = refresh.Phases["marts"], all = full.Phases["marts"], built = first.Phases["marts"];
        page.AppendLine(CultureInfo.InvariantCulture, $"{set.Impressions:N0} impressions, {set.Events:N0} events, 1 % of them late ({late.CpuSeconds:F1} CPU s to ingest); {TimeProvider.System.GetUtcNow():yyyy-MM-dd}. The marts are the same after both.\n");
        page.AppendLine("| | wall s | CPU s | peak MB |").AppendLine("|---|---|---|---|");
        page.AppendLine(Line("first build, without the late data", built)).AppendLine(Line("`adx run`", few)).AppendLine(Line("`adx run --full`", all));
        page.AppendLine(CultureInfo.InvariantCulture, $"| **ratio** | **{all.WallSeconds / few.WallSeconds:F2}** | **{all.CpuSeconds / few.CpuSeconds:F2}** | {all.PeakMegabytes / few.PeakMegabytes:F2} |\n");
        return page.ToString();
    }

    private static string ByModel(ChildResult first, ChildResult refresh, ChildResult full)
    {
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"By model, in runs of one after the other (`adx run` {refresh.Phases["marts"].WallSeconds:F2} s, `adx run --full` {full.Phases["marts"].WallSeconds:F2} s):\n");
        page.AppendLine("| model | refresh | CPU s | rows written | files + − | CPU s full | ratio | rows of all |").AppendLine("|---|---|---|---|---|---|---|---|");
        var rows = first.Rows.ToDictionary(row => row[0], row => row[2]);
        foreach (string[] row in refresh.Rows.OrderByDescending(row => refresh.StepCpu[row[0]]))
        {
            double few = refresh.StepCpu[row[0]], whole = full.StepCpu[row[0]];
            page.AppendLine(CultureInfo.InvariantCulture, $"| {row[0]} | {row[1]} | {few:F2} | {Count(row[2])} | {row[3]} {row[4]} | {whole:F2} | {whole / Math.Max(few, 0.001):F1} | {Count(rows[row[0]])} |");
        }

        return page.ToString();
    }

    private static string Line(string what, PhaseCost cost) =>
        string.Create(CultureInfo.InvariantCulture, $"| {what} | {cost.WallSeconds:F2} | {cost.CpuSeconds:F2} | {cost.PeakMegabytes:F0} |");

    private static string Count(string text) => long.Parse(text, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture);
}
