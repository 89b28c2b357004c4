using System.Diagnostics;
using System.Globalization;
using System.Text;
using AdvertiseX.DuckDb;

namespace AdvertiseX.Bench;

/// <summary>
/// Runs <c>bench/peers/duckdb/*.sql</c>: the three feeds to ordered Parquet files by date, and from there, if asked, to
/// all marts. One feed after the other, each table dropped once it is written (and what needs it is computed), so that
/// memory holds one feed.
/// </summary>
internal sealed class DuckDbPeer(DuckDbConnection connection, string scripts, Dictionary<string, string> values)
{
    // In this order while impressions are in memory, and after them. Clicks and conversions stay until the end.
    private static readonly string[] ImpressionMarts =
    [
        "rates",
        "click_attribution",
        "conversion_attribution",
        "interaction_depth",
        "impression_sums",
        "auction_impressions",
    ];

    private static readonly string[] LaterMarts =
    [
        "performance",
        "attribution_credits",
        "funnel",
        "segments",
        "user_performance",
        "features",
    ];

    private readonly Dictionary<string, double> _steps = [];
    private readonly Dictionary<string, double> _stepCpu = [];
    private readonly PhaseMeter _meter = new();

    /// <summary>What is written for the answers, one file each.</summary>
    public static IReadOnlyList<string> MartTables { get; } =
    [
        "invalid_rates",
        "click_attribution",
        "conversion_attribution",
        "invalid_traffic",
        "performance",
        "campaign_performance",
        "geo",
        "attribution_credits",
        "funnel",
        "campaign_user_daily",
        "segments",
        "user_features",
        "user_performance",
        "ad_features",
        "context_features",
        "auctions",
        "bid_landscape",
    ];

    /// <param name="set">The feeds.</param>
    /// <param name="bids">Folder of the bid requests as lines of JSON.</param>
    /// <param name="output">Folder for the tables.</param>
    /// <param name="feeds">Which feeds.</param>
    public static IReadOnlyDictionary<string, double> Run(string set, string bids, string output, string[] feeds) =>
        With(set, bids, output, peer => peer.Run(feeds)).Steps;

    /// <summary>All three feeds and what is known of campaigns to all marts; ingest and marts are phases of the
    /// result.</summary>
    /// <param name="set">The feeds.</param>
    /// <param name="output">Folder for the tables.</param>
    public static ChildResult RunToAnswers(FeedSet set, string output) =>
        With(set.Folder, set.BidRequestLinesFolder, output, peer => peer.RunToAnswers(), set.ZoneOffsetsFile);

    private static ChildResult With(string set, string bids, string output, Action<DuckDbPeer> run, string zones = "")
    {
        Directory.CreateDirectory(output);
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        var peer = new DuckDbPeer(
            connection,
            Path.Combine(AppContext.BaseDirectory, "peers", "duckdb"),
            new()
            {
                ["feeds"] = set,
                ["bids"] = bids,
                ["zones"] = zones,
                ["out"] = output,
                ["threads"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
                ["memory"] = "12GB",
                ["now"] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            }
        );
        run(peer);
        return new ChildResult(0, 0, 0, 0)
        {
            Steps = peer._steps,
            StepCpu = peer._stepCpu,
            Phases = new(peer._meter.Phases),
        };
    }

    private void Run(string[] feeds)
    {
        Script("settings");
        if (feeds.Contains("impressions"))
            Load("impressions", "impressions", ("impressions", "reason"));
        if (feeds.Contains("clicks_conversions"))
            Load("clicks_conversions", "events", ("clicks", ""), ("conversions", ""));
        if (feeds.Contains("bid_requests"))
            Load("bid_requests", "bid_requests", ("bid_requests", "reason"));
        WriteCounts();
    }

    private void RunToAnswers()
    {
        _meter.Enter("ingest");
        Script("settings");
        Make("clicks_conversions", ("clicks", ""), ("conversions", ""));
        Make("impressions", ("impressions", "reason"));
        _meter.Enter("marts");
        Script("marts/reference");
        foreach (var mart in ImpressionMarts)
            Script("marts/" + mart);
        connection.Execute("DROP VIEW placed");
        connection.Execute("DROP TABLE impressions");
        foreach (var mart in LaterMarts)
            Script("marts/" + mart);
        _meter.Enter("ingest");
        Make("bid_requests", ("bid_requests", "reason"));
        WriteCounts();
        _meter.Enter("marts");
        Script("marts/auction_requests");
        connection.Execute("DROP TABLE bid_requests");
        Script("marts/auctions");
        Directory.CreateDirectory(Path.Combine(values["out"], "marts"));
        foreach (var table in MartTables)
            Time(
                "marts write",
                $"COPY {table} TO '{values["out"]}/marts/{table}.parquet' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
            );
        _meter.Leave();
    }

    private void WriteCounts()
    {
        foreach (var counts in new[] { "rejects", "duplicates" })
            connection.Execute($"COPY {counts} TO '{values["out"]}/{counts}.parquet' (FORMAT parquet)");
    }

    private void Make(string script, params (string Table, string Exclude)[] outputs)
    {
        Script(script);
        foreach (var (output, exclude) in outputs)
            Write(output, exclude);
    }

    private void Load(string script, string table, params (string Table, string Exclude)[] outputs)
    {
        Make(script, outputs);
        foreach (var (output, _) in outputs)
            if (output != table)
                connection.Execute($"DROP VIEW {output}");
        connection.Execute($"DROP TABLE {table}");
    }

    private void Write(string table, string exclude)
    {
        var sql = Text("write");
        foreach (var date in Dates(table))
        {
            Directory.CreateDirectory(Path.Combine(values["out"], table, $"event_date={date}"));
            Time(
                $"{table} write",
                Fill(sql, ("table", table), ("date", date), (", {{exclude}}", exclude == "" ? "" : ", " + exclude))
            );
        }
    }

    private List<string> Dates(string table)
    {
        var dates = new List<string>();
        using var result = connection.Query($"SELECT DISTINCT event_date FROM {table} ORDER BY 1");
        var rows = result.Rows();
        while (rows.Read())
            dates.Add(rows.GetDate(0).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        return dates;
    }

    // Statement by statement, so that the time of each is known.
    private void Script(string name)
    {
        var statements = Fill(Text(name))
            .Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var step = name.StartsWith("marts/", StringComparison.Ordinal) ? name[6..] : name;
        foreach (var statement in statements)
            Time(name == "settings" || step != name ? step : $"{name} {KindOf(statement)}", statement);
    }

    private void Time(string step, string sql)
    {
        var began = Stopwatch.GetTimestamp();
        var cpu = Environment.CpuUsage.TotalTime;
        connection.Execute(sql);
        _stepCpu[step] = _stepCpu.GetValueOrDefault(step) + (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        _steps[step] = _steps.GetValueOrDefault(step) + Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static string KindOf(string statement)
    {
        var text = string.Join('\n', statement.Split('\n').Where(l => !l.StartsWith("--", StringComparison.Ordinal)));
        return text.Contains("FROM read_", StringComparison.Ordinal) ? "parse" : "dedup and rejects";
    }

    private string Text(string name) => File.ReadAllText(Path.Combine(scripts, name + ".sql"));

    private string Fill(string sql, params (string Name, string Value)[] more)
    {
        var text = new StringBuilder(sql);
        foreach (var (name, value) in more)
            text.Replace(name.Contains("{{", StringComparison.Ordinal) ? name : "{{" + name + "}}", value);
        foreach (var (name, value) in values)
            text.Replace("{{" + name + "}}", value);
        return text.ToString();
    }
}
