using System.Globalization;
using System.Text.Json;
using AdvertiseX.Lake;

namespace AdvertiseX.Bench;

/// <summary>Several processes that commit units of streams of their own into one lake.</summary>
internal static class LiveWorkers
{
    private const int Rows = 2_000;
    private const double Minute = 60;
    private const double Fast = 15;

    /// <summary>Units of two seconds with 1 % of their ids in common.</summary>
    public static void Race(IReadOnlyList<int> workers, double seconds = Minute)
    {
        Console.WriteLine(
            $"""
            Processes that each commit {Rows:N0} impressions of a stream of their own, 1 % of the ids in every other's unit of the same two seconds:

            | processes | commits | commits/s | stagings a commit | puts a commit | CPU ms a commit | latency ms, median | 99 % | lost |
            |---|---|---|---|---|---|---|---|---|
            """
        );
        foreach (var count in workers)
        {
            Row($"{count}, every 2 s", count, new(Rows, 2, seconds, Shared: 0.01));
            Row($"{count}, every 2 s, all at once", count, new(Rows, 2, seconds, Shared: 0.01, AtOnce: true));
            Row($"{count}, as fast as they can", count, new(Rows, 0, Math.Min(seconds, Fast), Shared: 0.01));
        }
    }

    /// <summary>1 % of the rows late over seven dates, in files that late rows share and in files of their
    /// own.</summary>
    public static void Late(int workers = AgedLake.Workers, double seconds = Minute)
    {
        Console.WriteLine(
            $"""
            {workers} processes that each commit {Rows:N0} impressions every 2 s for {seconds} s, 1 % of them late over seven dates:

            | late rows | commits | files of dates | files of late rows | CPU ms a commit | latency ms, median | 99 % |
            |---|---|---|---|---|---|---|
            """
        );
        foreach (var isLive in new[] { true, false })
        {
            var work = new LiveWork(Rows, 2, seconds, Late: 0.01, IsLive: isLive);
            var (all, files, late) = Run(workers, work);
            Console.WriteLine(
                $"| {(isLive ? "shared, written once a minute" : "a file a date and commit")} | {all.Commits:N0} | {files:N0} | {late:N0} | "
                    + $"{all.Cpu / all.Commits * 1e3:F1} | {all.Latency(0.5) * 1e3:F0} | {all.Latency(0.99) * 1e3:F0} |"
            );
        }
    }

    private static void Row(string name, int workers, LiveWork work)
    {
        var (all, _, _) = Run(workers, work);
        Console.WriteLine(
            $"| {name} | {all.Commits:N0} | {all.Commits / all.Seconds:F1} | {all.Stagings / all.Commits:F2} | {all.Puts / all.Commits:F2} | "
                + $"{all.Cpu / all.Commits * 1e3:F1} | {all.Latency(0.5) * 1e3:F0} | {all.Latency(0.99) * 1e3:F0} | {all.Lost} |"
        );
    }

    private static (Totals All, int Files, int Late) Run(int workers, LiveWork work)
    {
        var folder = Directory.CreateTempSubdirectory("adx-live-").FullName;
        try
        {
            DataLake.OpenAsync(folder, create: true).AsTask().GetAwaiter().GetResult().Dispose();
            var results = new ChildResult[workers];
            var threads = Enumerable
                .Range(0, workers)
                .Select(worker => new Thread(() => results[worker] = OfWorker(folder, worker, work)))
                .ToList();
            threads.ForEach(thread => thread.Start());
            while (Directory.GetFiles(folder, "ready-*").Length < workers)
                Thread.Sleep(20);
            File.WriteAllText(Path.Combine(folder, LiveWorker.Gate), "");
            threads.ForEach(thread => thread.Join());
            var late = Path.Combine(folder, "impressions", LateRows.Folder);
            var ofLate = Directory.Exists(late) ? Directory.GetFiles(late).Length : 0;
            using var lake = DataLake.OpenAsync(folder).AsTask().GetAwaiter().GetResult();
            var totals = Totals.Of(results, lake.Ledger.Version);
            return (totals, lake.Table("impressions").Delta.Latest.Files.Count, ofLate);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ChildResult OfWorker(string folder, int worker, LiveWork work) =>
        ChildResult.Of(
            "run-adx-worker",
            folder,
            worker.ToString(CultureInfo.InvariantCulture),
            JsonSerializer.Serialize(work)
        );

    /// <param name="Lost">Commits that returned and are not in the ledger.</param>
    private sealed record Totals(
        double Commits,
        double Stagings,
        double Puts,
        double Cpu,
        double Seconds,
        long Lost,
        List<double> Latencies
    )
    {
        public static Totals Of(IReadOnlyList<ChildResult> results, long version)
        {
            var commits = results.Sum(result => result.Steps["commits"]);
            return new(
                commits,
                results.Sum(result => result.Steps["stagings"]),
                results.Sum(result => result.Steps["puts"]),
                results.Sum(result => result.StepCpu["commits"]),
                results.Max(result => result.Steps["seconds"]),
                (long)commits - version,
                [
                    .. results
                        .SelectMany(result => result.Rows[0])
                        .Select(latency => double.Parse(latency, CultureInfo.InvariantCulture))
                        .Order(),
                ]
            );
        }

        public double Latency(double part) => Latencies[(int)(part * (Latencies.Count - 1))];
    }
}
