using System.Diagnostics;
using System.Globalization;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Parquet;

namespace AdvertiseX.Bench;

/// <summary>What a commit of two seconds of rows costs one of eight workers, by rate, age of the lake and times of the
/// rows.</summary>
internal static class AgeBench
{
    private const int Commits = AgedLake.Commits;
    private const int Warm = 50;
    private const int FewestRounds = 6;
    private const int RowsThatFillMemory = 200_000;
    private const int Rounds = 40;
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(2);

    /// <summary>Measures and prints, for rates in rows a second and ages in days.</summary>
    public static void Run(
        string root,
        IReadOnlyList<int> rates,
        IReadOnlyList<int> ages,
        int lateDays = AgedLake.LateDays
    )
    {
        Console.WriteLine(
            "| rows/s | rows of a commit | layout | " + string.Join(" | ", ages.Select(Columns)) + " | flat |"
        );
        Console.WriteLine("|---|---|---|" + string.Concat(Enumerable.Repeat("---|", (ages.Count * 3) + 1)));
        foreach (var rate in rates)
        foreach (var layout in Enum.GetValues<TimeLayout>())
        {
            var results = ages.Select(age => OfChild(root, rate, age, layout, lateDays)).ToList();
            var cells = results.Select(one =>
                $"{one.StepCpu["commit"] * 1e3:F0} | {one.StepCpu["commit"] * 1e6 * Commits / rate:F1} | {one.Steps["read"] / 1e6:F1} / {one.Steps["written"] / 1e6:F1}"
            );
            var growth = results[^1].StepCpu["commit"] / results[0].StepCpu["commit"];
            Console.WriteLine(
                $"| {rate:N0} | {rate / Commits:N0} | {layout} | {string.Join(" | ", cells)} | {growth:F2} |"
            );
        }

        static string Columns(int age) => $"{age} d: CPU ms | CPU s a million | MB read / written";
    }

    /// <summary>The child.</summary>
    public static async Task<ChildResult> CommitAsync(string made, int rate, int days, TimeLayout layout, int lateDays)
    {
        var folder = Directory.CreateTempSubdirectory("adx-aged-").FullName;
        try
        {
            await new AgedLake(folder, rate, days, layout, new(made)).MakeAsync();
            using var units = new LiveUnits(rate / Commits, 1, layout)
            {
                Late = (0.01, lateDays),
                Repeated = 0.01,
                Conflicting = 0.001,
            };
            return await RunAsync(folder, units);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ChildResult> RunAsync(string folder, LiveUnits units)
    {
        using var lake = await DataLake.OpenAsync(folder);
        using var others = await DataLake.OpenAsync(folder);
        using var committer = new UnitCommitter(new IngestEnvironment(lake));
        var source = new UnitSource("worker-0", isEndless: true);
        var costs = new List<ProcessInput>();
        var now = (AgedLake.Now.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        await FillMemoryAsync(committer, now);
        var began = Stopwatch.GetTimestamp();
        for (var round = 0; round < Warm + Rounds; round++, now += 2_000_000)
        {
            if (round >= FewestRounds && Stopwatch.GetElapsedTime(began) > LongEnough)
                break;
            for (var other = 1; other < AgedLake.Workers; other++)
                await CommitOtherAsync(others, units, $"worker-{other}", round, now);
            var batch = units.Next(now, source.Name, round * LiveUnits.Rowspan);
            using var unit = LiveUnits.UnitOf(batch, source, round * LiveUnits.Rowspan, now);
            var from = ProcessInput.Now;
            await committer.CommitAsync(unit, CancellationToken.None);
            costs.Add(ProcessInput.Now - from);
        }

        var counted = costs[Math.Min(Warm, costs.Count / 2)..];
        return new(0, 0, 0, 0)
        {
            StepCpu = new()
            {
                ["commit"] = Median([.. counted.Select(cost => cost.CpuSeconds)]),
                ["mean"] = counted.Average(cost => cost.CpuSeconds),
            },
            Steps = new()
            {
                ["read"] = Median([.. counted.Select(cost => (double)cost.Read)]),
                ["written"] = Median([.. counted.Select(cost => (double)cost.Written)]),
            },
        };
    }

    // A process that has run for long has the pages of its filters in memory.
    private static async Task FillMemoryAsync(UnitCommitter committer, long now)
    {
        using var many = new LiveUnits(RowsThatFillMemory, 2, TimeLayout.Micros);
        var source = new UnitSource("many", isEndless: true);
        for (var i = 0; i < 2; i++)
        {
            using var unit = LiveUnits.UnitOf(
                many.Next(now, source.Name, i * LiveUnits.Rowspan),
                source,
                i * LiveUnits.Rowspan,
                now
            );
            await committer.CommitAsync(unit, CancellationToken.None);
        }
    }

    // What a worker of another process stages and commits.
    private static async Task CommitOtherAsync(DataLake lake, LiveUnits units, string stream, int round, long now)
    {
        var from = round * LiveUnits.Rowspan;
        using var batch = units.Next(now, stream, from);
        var staged = new List<StagedFile>();
        foreach (var (date, rows) in Parts(batch))
            staged.Add(
                await FactFile.WriteAsync(
                    lake.Store,
                    batch,
                    () => rows,
                    date is { } day ? LakeTable.NewFilePath(day) : LateRows.NewPath(),
                    date,
                    new ParquetOptions(),
                    CancellationToken.None
                )
            );
        var counts = new LedgerCounts(
            FactTables.Impressions.Name,
            batch.Rows,
            batch.Rows,
            0,
            0,
            0,
            new Dictionary<string, long>()
        );
        var advance = new StreamAdvance(stream, from, from + LiveUnits.Rowspan, [counts]);
        await lake.Ledger.CommitAsync(new([advance], staged, lake.Ledger.Version));
        await lake.ApplyAsync();
    }

    private static unsafe List<(DateOnly? Date, int[] Rows)> Parts(Columns.ColumnBatch batch)
    {
        using var order = new RowOrder(batch, null);
        var dates = Enumerable.Range(0, order.DateCount).ToList();
        var largest = dates.MaxBy(date => order.RowsAt(date).Length);
        var late = dates.Where(date => date != largest).SelectMany(date => order.RowsAt(date).ToArray()).ToArray();
        var parts = new List<(DateOnly?, int[])> { (order.DateAt(largest), order.RowsAt(largest).ToArray()) };
        if (late.Length > 0)
            parts.Add((null, late));
        return parts;
    }

    private static double Median(IReadOnlyCollection<double> values) => values.Order().ElementAt(values.Count / 2);

    private static ChildResult OfChild(string root, int rate, int days, TimeLayout layout, int lateDays) =>
        ChildResult.Of(
            "run-adx-age",
            Path.Combine(root, "made-keys"),
            rate.ToString(CultureInfo.InvariantCulture),
            days.ToString(CultureInfo.InvariantCulture),
            layout.ToString(),
            lateDays.ToString(CultureInfo.InvariantCulture)
        );
}
