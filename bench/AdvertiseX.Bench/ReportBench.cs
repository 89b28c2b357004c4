using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using AdvertiseX.DuckDb;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Reports;

namespace AdvertiseX.Bench;

/// <summary>
/// One campaign's 30 days, by day: <c>adx report campaigns</c> beside the same question in SQL over the lake's own
/// Parquet files of facts, clicks and conversions, as a call in a warm process and as a process of its own. Answers are
/// compared first.
/// </summary>
internal static class ReportBench
{
    private const int Days = 30;
    private const int WarmRuns = 15,
        ProcessRuns = 5;
    private static readonly DateOnly From = new(2024, 3, 1);
    private static readonly DateOnly To = From.AddDays(Days - 1);

    private static readonly string[] Shown =
    [
        "day",
        "impressions",
        "clicks",
        "click_conversions",
        "view_conversions",
        "revenue",
        "media_cost",
        "spend",
        "ctr",
        "cpc",
        "roas",
        "viewable_rate",
    ];

    private static readonly string[] Read =
    [
        "impressions",
        "invalid_rates",
        "click_attribution",
        "conversion_attribution",
        "creatives",
        "campaigns",
        "campaign_rates",
    ];

    private static readonly PerformanceReportOptions Options = new()
    {
        By = ReportPeriod.Day,
        From = From,
        To = To,
    };

    /// <param name="root">Where feeds and lakes are kept.</param>
    /// <param name="args">Size (default 1m).</param>
    /// <returns>0, or 1 if the answers differ.</returns>
    public static async Task<int> RunAsync(string root, string[] args)
    {
        var set = await FeedSet.OfAsync(root, FeedSet.ParseSize(args.Length > 0 ? args[0] : "1m"), Days);
        var folder = Path.Combine(root, "out-report");
        if (Directory.Exists(folder))
            Directory.Delete(folder, true);
        ChildResult.Of(["run-adx-lake", set.ReferenceFolder, folder, .. set.Feeds]);
        using var lake = await DataLake.OpenAsync(folder);
        using var engine = new DuckDbEngine();
        var campaign = await LargestCampaignAsync(engine, lake);
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        var sql = await PeerSqlAsync(connection, lake, campaign);
        var ours = await AnswerAsync(engine, lake, campaign);
        var theirs = Answer(connection, sql);
        if (!ours.SequenceEqual(theirs))
        {
            Console.Error.WriteLine($"answers differ for {campaign}: {string.Join(", ", Shown)}");
            foreach (var (a, b) in ours.Zip(theirs).Where(pair => pair.First != pair.Second).Take(20))
                Console.Error.WriteLine($"  adx {a}\n  SQL {b}");
            Console.Error.WriteLine($"  {ours.Count} and {theirs.Count} rows");
            return 1;
        }

        var ourWarm = await MedianAsync(WarmRuns, () => AnswerAsync(engine, lake, campaign));
        var theirWarm = await MedianAsync(WarmRuns, () => Task.FromResult(Answer(connection, sql)));
        var ourProcess = await WholeProcessAsync(folder, campaign);
        var theirProcess = await MedianAsync(
            ProcessRuns,
            () =>
                Task.FromResult(
                    Run(Environment.ProcessPath!, [.. OwnAssembly(), "run-duckdb-report", folder, campaign])
                )
        );
        ResultPage.Write(
            "Report: 30 days of a campaign",
            Page(set, campaign, ours.Count, ourWarm, theirWarm, ourProcess, theirProcess)
        );
        Directory.Delete(folder, true);
        return 0;
    }

    /// <summary>What the peer's process does: opens DuckDB, asks and prints.</summary>
    public static async Task PrintPeerAsync(string folder, string campaign)
    {
        using var lake = await DataLake.OpenAsync(folder);
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        foreach (var row in Answer(connection, await PeerSqlAsync(connection, lake, campaign)))
            Console.WriteLine(row);
    }

    private static async Task<string> LargestCampaignAsync(DuckDbEngine engine, DataLake lake)
    {
        ParquetSet[] sets = [await SetAsync(lake, "campaign_performance"), await SetAsync(lake, "campaign_rates")];
        using var result = await engine.ReadAsync(
            "select campaign_id from campaign_performance semi join campaign_rates using (campaign_id) group by campaign_id order by sum(impressions) desc limit 1",
            sets,
            default
        );
        return result.Read() ? result.GetString(0)! : throw new InvalidOperationException("no campaign has a rate");
    }

    private static async Task<ParquetSet> SetAsync(DataLake lake, string table) =>
        ModelCatalog.Shipped.Set(table, table, (await lake.FilesAsync(table)).Files.Select(file => file.Address));

    // Views over the files and the table of zones, as a person would have them ready.
    private static async Task<string> PeerSqlAsync(DuckDbConnection connection, DataLake lake, string campaign)
    {
        connection.Execute("SET TimeZone = 'UTC'");
        connection.Execute("SET parquet_metadata_cache = true");
        foreach (var table in Read)
            connection.Execute(ParquetView.Create(await SetAsync(lake, table), temporary: true));
        using (var named = connection.Query("SELECT DISTINCT time_zone FROM campaigns WHERE time_zone IS NOT NULL"))
        {
            var zones = new List<string>();
            var rows = named.Rows();
            while (rows.Read())
                zones.Add(rows.GetString(0));
            connection.Execute(
                $"CREATE TEMP TABLE zone_offsets AS {ZoneOffsets.Select(zones, From.AddDays(-1), To.AddDays(1))}"
            );
        }

        var sql = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "peers", "duckdb", "report.sql"));
        return sql.Replace("{{campaign}}", campaign, StringComparison.Ordinal)
            .Replace("{{from}}", From.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{{to}}", To.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    private static async Task<List<string>> AnswerAsync(DuckDbEngine engine, DataLake lake, string campaign)
    {
        using var result = await PerformanceReport.ReadAsync(engine, lake, Options with { Campaigns = [campaign] });
        return Rows(result.Columns, result.NextChunk);
    }

    private static List<string> Answer(DuckDbConnection connection, string sql)
    {
        using var result = connection.Query(sql);
        return Rows(result.Columns, result.NextChunk);
    }

    private static List<string> Rows(IReadOnlyList<DuckDbColumn> columns, Func<DuckDbChunk?> next)
    {
        var indexes = Shown.Select(name => columns.ToList().FindIndex(column => column.Name == name)).ToList();
        var rows = new List<string>();
        var text = new ArrayBufferWriter<byte>();
        while (next() is { } chunk)
        {
            for (var row = 0; row < chunk.RowCount; row++)
            {
                text.Clear();
                foreach (var index in indexes)
                {
                    if (!chunk[index].IsNull(row))
                        CellText.Append(text, chunk[index], row);
                    text.Write(","u8);
                }

                rows.Add(Encoding.UTF8.GetString(text.WrittenSpan));
            }
        }

        return rows;
    }

    private static async Task<double> MedianAsync<T>(int runs, Func<Task<T>> act)
    {
        var seconds = new List<double>();
        for (var run = -2; run < runs; run++)
        {
            var began = Stopwatch.GetTimestamp();
            await act();
            if (run >= 0)
                seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        return seconds.Order().ElementAt(runs / 2);
    }

    // The launcher in the repository builds the program first where it has to; null where there is none.
    private static async Task<double?> WholeProcessAsync(string folder, string campaign)
    {
        var launcher = Path.GetFullPath("adx");
        if (!File.Exists(launcher))
            return null;
        string[] arguments =
        [
            "report",
            "campaigns",
            "--lake",
            folder,
            "--campaign",
            campaign,
            "--by",
            "day",
            "--format",
            "csv",
            "--from",
            From.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "--to",
            To.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ];
        return await MedianAsync(ProcessRuns, () => Task.FromResult(Run(launcher, arguments)));
    }

    private static string[] OwnAssembly() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [typeof(ReportBench).Assembly.Location]
            : [];

    private static int Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? 0
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}"
            );
    }

    private static string Page(
        FeedSet set,
        string campaign,
        int rows,
        double ourWarm,
        double theirWarm,
        double? ourProcess,
        double theirProcess
    )
    {
        var page = new StringBuilder();
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"{set.Impressions:N0} impressions over {Days} days, {set.Events:N0} events; {campaign} by local day, {rows} rows, the same from both; medians of {WarmRuns} and {ProcessRuns} runs, all files in the page cache; DuckDB {DuckDbDatabase.LibraryVersion}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}.\n"
        );
        page.AppendLine("| | adx ms | SQL on raw Parquet ms | ratio |").AppendLine("|---|---|---|---|");
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"| a call in a warm process | {ourWarm * 1e3:F1} | {theirWarm * 1e3:F1} | **{theirWarm / ourWarm:F1}** |"
        );
        if (ourProcess is { } seconds)
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| a process of its own (`adx report`) | {seconds * 1e3:F0} | {theirProcess * 1e3:F0} | {theirProcess / seconds:F1} |"
            );
        return page.ToString();
    }
}
