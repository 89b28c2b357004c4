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
        Clear(refreshed, rebuilt);
        var feeds = LateFeeds.Of(set, parts);
        var first = ChildResult.Of(["run-adx-lake", set.ReferenceFolder, refreshed, .. LateFeeds.FeedsOf(feeds.InTime)]);
        Clear(feeds.InTime);
        var late = ChildResult.Of(["run-adx-late", refreshed, .. LateFeeds.FeedsOf(feeds.Late)]);
        Clear(parts);
        Copy(refreshed, rebuilt);
        var refresh = ChildResult.Of("run-adx-models", refreshed, "stale");
        var full = ChildResult.Of("run-adx-models", rebuilt, "full");
        var differences = await MartComparison.OfLakesAsync(refreshed, rebuilt);
        if (differences.Count > 0)
        {
            Console.Error.WriteLine("the refreshed marts are not the rebuilt ones:");
            foreach (string difference in differences.Take(60)) Console.Error.WriteLine("  " + difference);
            return 1;
        }

        Clear(refreshed, rebuilt);
        ResultPage.Write("Refresh: 1 % late data of all dates", Page(set, first, late, refresh, full));
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
        page.AppendLine("| model | refresh | CPU s | rows written | files + − | CPU s full | ratio | rows of all |").AppendLine("|---|---|---|---|---|---|---|---|");
        var rebuilt = full.Rows.ToDictionary(row => row[0]);
        var rows = first.Rows.ToDictionary(row => row[0], row => row[3]);
        foreach (string[] row in refresh.Rows.OrderByDescending(row => Seconds(row[2])))
        {
            double whole = Seconds(rebuilt[row[0]][2]);
            page.AppendLine(CultureInfo.InvariantCulture, $"| {row[0]} | {row[1]} | {Seconds(row[2]):F2} | {Count(row[3])} | {row[4]} {row[5]} | {whole:F2} | {whole / Math.Max(Seconds(row[2]), 0.001):F1} | {Count(rows[row[0]])} |");
        }

        return page.ToString();
    }

    private static string Line(string what, PhaseCost cost) =>
        string.Create(CultureInfo.InvariantCulture, $"| {what} | {cost.WallSeconds:F2} | {cost.CpuSeconds:F2} | {cost.PeakMegabytes:F0} |");

    private static double Seconds(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Count(string text) => long.Parse(text, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture);
}
