using System.Diagnostics;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Bench;

/// <summary>What opening a year of two-second commits costs, and following it.</summary>
internal static class OpenBench
{
    private const int Looks = 2_000;
    private const int Runs = 3;
    private const int Followed = 5_000;

    public static void Run(string root, int files)
    {
        var folder = Path.Combine(root, $"year-{files}");
        if (!Directory.Exists(folder))
        {
            Console.Error.WriteLine($"making a year of commits with {files:N0} files in {folder} …");
            new YearOfCommits(folder + ".new", files).MakeAsync().GetAwaiter().GetResult();
            Directory.Move(folder + ".new", folder);
        }
        var best = Enumerable
            .Range(0, Runs)
            .Select(_ => ChildResult.Of("run-adx-open", folder))
            .MinBy(result => result.StepCpu["open"])!;
        Console.WriteLine(
            $"""
            Opening a lake after a year of commits every two seconds, {files:N0} files of facts, best of {Runs}:
              opened in                     {best.Steps["open"], 8:F2} s, {best.StepCpu[
                "open"
            ]:F2} CPU s, of the tables {best.StepCpu["tables"]:F2}
              memory held                   {best.Steps["held"], 8:F0} MB, peak {best.PeakMegabytes:F0} MB
              a look with nothing new       {best.StepCpu["look"] * 1e6, 8:F0} µs CPU a table
              a commit of others followed   {best.StepCpu["follow"] * 1e6, 8:F0} µs CPU
              a checkpoint                  {best.StepCpu["checkpoint"], 8:F2} CPU s, {best.Steps["checkpoint"]:F1} MB
            """
        );
    }

    /// <summary>The child.</summary>
    public static async Task<ChildResult> OpenAsync(string folder)
    {
        var cpu = new CpuClock();
        var steps = new Dictionary<string, double>();
        var charged = new Dictionary<string, double>();
        var wall = Stopwatch.GetTimestamp();
        var used = cpu.GetTimestamp();
        // Version by version as the whole lake does it, timed apart.
        using var lake = await DataLake.OpenAsync(folder);
        charged["open"] = cpu.GetElapsedTime(used).TotalSeconds;
        steps["open"] = Stopwatch.GetElapsedTime(wall).TotalSeconds;
        steps["held"] = GC.GetTotalMemory(forceFullCollection: true) / 1e6;
        used = cpu.GetTimestamp();
        using (var engine = new LakeEngine())
            await new DeltaTable(lake.Store, "impressions", engine, lake.Clock).RefreshAsync();
        charged["tables"] = cpu.GetElapsedTime(used).TotalSeconds;

        var table = lake.Table("impressions").Delta;
        used = cpu.GetTimestamp();
        for (var i = 0; i < Looks; i++)
            await table.RefreshAsync();
        charged["look"] = cpu.GetElapsedTime(used).TotalSeconds / Looks;

        var commit = (await table.ReadCommitAsync(table.Latest.Version))!;
        var snapshot = table.Latest;
        used = cpu.GetTimestamp();
        for (var i = 0; i < Followed; i++)
        {
            var add = commit.OfType<AddFile>().Single() with { Path = $"event_date=2025-12-31/part-{i:D32}.parquet" };
            snapshot = snapshot.Apply(snapshot.Version + 1, [add]);
        }
        charged["follow"] = cpu.GetElapsedTime(used).TotalSeconds / Followed;

        used = cpu.GetTimestamp();
        using (var writer = new CheckpointWriter())
        {
            foreach (var file in snapshot.Files.Values.OrderBy(file => file.Path, StringComparer.Ordinal))
                writer.Add(file);
            steps["checkpoint"] = writer.ToArray().Length / 1e6;
        }
        charged["checkpoint"] = cpu.GetElapsedTime(used).TotalSeconds;
        return new(0, 0, 0, 0) { Steps = steps, StepCpu = charged };
    }
}
