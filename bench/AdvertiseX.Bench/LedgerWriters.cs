using System.Diagnostics;
using System.Globalization;
using AdvertiseX.Lake;

namespace AdvertiseX.Bench;

/// <summary>Commits a second that the ledger sustains with several processes, each with a stream of its own and nothing
/// staged.</summary>
internal static class LedgerWriters
{
    private const double Seconds = 8;
    private const int Warm = 300;
    private const string Gate = "started";

    public static void Run(IReadOnlyList<int> writers)
    {
        Console.WriteLine($"Ledger commits of several processes at once, {Seconds} s each:");
        foreach (var count in writers)
        {
            var folder = Directory.CreateTempSubdirectory("adx-writers-").FullName;
            try
            {
                DataLake.OpenAsync(folder, create: true).AsTask().GetAwaiter().GetResult().Dispose();
                var results = new ChildResult[count];
                var threads = Enumerable
                    .Range(0, count)
                    .Select(writer => new Thread(() => results[writer] = OfWriter(folder, writer)))
                    .ToList();
                threads.ForEach(thread => thread.Start());
                while (Directory.GetFiles(folder, "ready-*").Length < count)
                    Thread.Sleep(20);
                File.WriteAllText(Path.Combine(folder, Gate), "");
                threads.ForEach(thread => thread.Join());
                var commits = results.Sum(result => result.Steps["commits"]);
                var tries = results.Sum(result => result.Steps["tries"]);
                Console.WriteLine(
                    $"  {count, 2} writers: {commits / Seconds, 6:F0} commits/s, {results.Sum(result => result.StepCpu["cpu"]) / commits * 1e3:F1} ms CPU a commit, "
                        + $"{tries / commits:F2} puts a commit, slowest {results.Max(result => result.Steps["slowest"]) * 1e3:F0} ms, "
                        + $"fewest of a writer {results.Min(result => result.Steps["commits"]):F0}"
                );
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>The child: what the compiler does is done in a lake of its own before all begin.</summary>
    public static async Task<ChildResult> CommitAsync(string folder, string writer, double seconds)
    {
        var warm = Directory.CreateTempSubdirectory("adx-warm-").FullName;
        (await DataLake.OpenAsync(warm, create: true)).Dispose();
        await CommitAsync(warm, writer, Warm, double.MaxValue);
        Directory.Delete(warm, recursive: true);
        await File.WriteAllTextAsync(Path.Combine(folder, $"ready-{writer}"), "");
        while (!File.Exists(Path.Combine(folder, Gate)))
            await Task.Delay(5);
        return await CommitAsync(folder, writer, int.MaxValue, seconds);
    }

    private static async Task<ChildResult> CommitAsync(string folder, string writer, int most, double seconds)
    {
        using var lake = await DataLake.OpenAsync(folder);
        var (commits, slowest) = (0, TimeSpan.Zero);
        var cpu = new CpuClock();
        var used = cpu.GetTimestamp();
        var began = Stopwatch.GetTimestamp();
        while (commits < most && Stopwatch.GetElapsedTime(began).TotalSeconds < seconds)
        {
            var from = Stopwatch.GetTimestamp();
            var position = lake.Ledger.PositionOf(writer);
            var stream = new StreamAdvance(writer, position, position + 1, []);
            if (await lake.Ledger.CommitAsync(new([stream], [], lake.Ledger.Version)) is LedgerResult.Committed)
                commits++;
            var took = Stopwatch.GetElapsedTime(from);
            slowest = took > slowest ? took : slowest;
        }
        return new(0, 0, 0, 0)
        {
            Steps = new()
            {
                ["commits"] = commits,
                ["tries"] = lake.Ledger.Delta.Tries,
                ["slowest"] = slowest.TotalSeconds,
            },
            StepCpu = new() { ["cpu"] = cpu.GetElapsedTime(used).TotalSeconds },
        };
    }

    private static ChildResult OfWriter(string folder, int writer) =>
        ChildResult.Of(
            "run-adx-commits",
            folder,
            writer.ToString(CultureInfo.InvariantCulture),
            Seconds.ToString(CultureInfo.InvariantCulture)
        );
}
