using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Parquet;
using AdvertiseX.Sources;

namespace AdvertiseX.Bench;

/// <summary>CPU of a commit of one small file: through the whole route, and its steps alone; and what each further file
/// of the commit adds.</summary>
internal static class FixedCostBench
{
    private const int Rows = 200;
    private const int Warm = 60;
    private static readonly CpuClock Cpu = new();

    public static async Task RunAsync(int commits)
    {
        var folder = Directory.CreateTempSubdirectory("adx-fixed-").FullName;
        try
        {
            var route = await RouteAsync(folder, commits);
            Console.WriteLine($"A commit of {Rows} rows, mean of {commits} after {Warm}:");
            Console.WriteLine($"  whole route, one table and date   {route * 1e3, 6:F1} ms CPU");
            foreach (var (tables, dates) in new[] { (1, 1), (1, 4), (3, 1), (3, 4) })
            {
                var (stage, ledger, apply) = await StepsAsync(folder, commits, tables, dates);
                Console.WriteLine(
                    $"  {tables} tables × {dates} dates: stage {stage * 1e3:F1}, ledger {ledger * 1e3:F1}, "
                        + $"apply {apply * 1e3:F1}, together {(stage + ledger + apply) * 1e3:F1} ms CPU"
                );
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> RouteAsync(string folder, int commits)
    {
        using var lake = await DataLake.OpenAsync(Path.Combine(folder, "route"), create: true);
        var pipeline = new EventPipeline(new IngestEnvironment(lake));
        var feeds = Directory.CreateDirectory(Path.Combine(folder, "feeds")).FullName;
        for (var i = 0; i < commits + Warm; i++)
            File.WriteAllLines(
                Path.Combine(feeds, $"impressions-{i}.json"),
                Enumerable.Range(0, Rows).Select(row => Line(i, row))
            );
        long from = 0;
        for (var i = 0; i < commits + Warm; i++)
        {
            if (i == Warm)
                from = Cpu.GetTimestamp();
            var found = new SourceCatalog(ContractFile.Shipped).Find([Path.Combine(feeds, $"impressions-{i}.json")]);
            await pipeline.RunAsync(found, null, CancellationToken.None);
        }
        return Cpu.GetElapsedTime(from).TotalSeconds / commits;
    }

    // Days far apart, so that no stored keys are read.
    private static string Line(int file, int row) =>
        $"{{\"impression_id\":\"i{file}-{row}\",\"timestamp\":\"{new DateTime(1970 + 40, 1, 1).AddDays(file % 300 * 16):yyyy-MM-dd}T00:00:{row % 60:D2}Z\","
        + $"\"user_id\":\"u{row}\",\"campaign_id\":\"c{row % 7}\",\"cost\":0.001}}";

    private static async Task<(double Stage, double Ledger, double Apply)> StepsAsync(
        string folder,
        int commits,
        int tables,
        int dates
    )
    {
        using var lake = await DataLake.OpenAsync(Path.Combine(folder, $"steps-{tables}-{dates}"), create: true);
        using var batch = SyntheticImpressions.Create(Rows, 1);
        var rows = Enumerable.Range(0, Rows).ToArray();
        long stage = 0,
            ledger = 0,
            apply = 0;
        for (var i = 0; i < commits + Warm; i++)
        {
            if (i == Warm)
                (stage, ledger, apply) = (0, 0, 0);
            var from = Cpu.GetTimestamp();
            var staged = new List<StagedFile>();
            foreach (var table in new[] { "impressions", "clicks", "conversions" }.Take(tables))
                for (var date = 0; date < dates; date++)
                    staged.Add(await StageAsync(lake, table, new DateOnly(2024, 1, 1).AddDays(date), batch, rows));
            var staged1 = Cpu.GetTimestamp();
            var counts = staged
                .GroupBy(file => file.Table)
                .Select(files => Counts(files.Key, files.Sum(file => file.Rows)))
                .ToList();
            var path = $"/feeds/{i}.json";
            var stream = new StreamAdvance(path, 0, 9_999, counts)
            {
                File = new(path, "xxh64:0123456789abcdef", 9_999),
            };
            await lake.Ledger.CommitAsync(new([stream], staged, lake.Ledger.Version));
            var decided = Cpu.GetTimestamp();
            await lake.ApplyAsync();
            stage += staged1 - from;
            ledger += decided - staged1;
            apply += Cpu.GetTimestamp() - decided;
        }
        return (Seconds(stage), Seconds(ledger), Seconds(apply));

        double Seconds(long ticks) => (double)ticks / Cpu.TimestampFrequency / commits;
    }

    private static LedgerCounts Counts(string table, long rows) =>
        new(table, rows, rows, 0, 0, 0, new Dictionary<string, long>());

    private static async Task<StagedFile> StageAsync(
        DataLake lake,
        string table,
        DateOnly date,
        ColumnBatch batch,
        int[] rows
    )
    {
        var path = LakeTable.NewFilePath(date);
        await using var target = await lake.Store.CreateAsync($"{table}/{path}");
        var info = ParquetFileWriter.Write(target.Content, batch, rows, new());
        return new(table, path, date, info.Rows, await target.CompleteAsync(), info.StatsJson, info.Hash);
    }
}
