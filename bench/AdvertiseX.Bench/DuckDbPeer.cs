using System.Diagnostics;
using System.Globalization;
using System.Text;
using AdvertiseX.DuckDb;

namespace AdvertiseX.Bench;

/// <summary>
/// Runs <c>bench/peers/duckdb/*.sql</c>: the three feeds to ordered Parquet files by date. One feed after the other, each table
/// dropped once it is written, so that memory holds one feed.
/// </summary>
internal sealed class DuckDbPeer(DuckDbConnection connection, string scripts, Dictionary<string, string> values)
{
    private readonly Dictionary<string, double> _steps = [];

    /// <param name="set">The feeds.</param>
    /// <param name="bids">Folder of the bid requests as lines of JSON.</param>
    /// <param name="output">Folder for the tables.</param>
    /// <param name="feeds">Which feeds.</param>
    public static IReadOnlyDictionary<string, double> Run(string set, string bids, string output, string[] feeds)
    {
        Directory.CreateDirectory(output);
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        var peer = new DuckDbPeer(connection, Path.Combine(AppContext.BaseDirectory, "peers", "duckdb"), new()
        {
            ["feeds"] = set,
            ["bids"] = bids,
            ["out"] = output,
            ["threads"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            ["memory"] = "12GB",
            ["now"] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        });
        peer.Run(feeds);
        return peer._steps;
    }

    private void Run(string[] feeds)
    {
        Script("settings");
        if (feeds.Contains("impressions")) Load("impressions", "impressions", ("impressions", "reason"));
        if (feeds.Contains("clicks_conversions"))
            Load("clicks_conversions", "events", ("clicks", ""), ("conversions", ""));
        if (feeds.Contains("bid_requests")) Load("bid_requests", "bid_requests", ("bid_requests", "reason"));
        foreach (string counts in new[] { "rejects", "duplicates" })
            connection.Execute($"COPY {counts} TO '{values["out"]}/{counts}.parquet' (FORMAT parquet)");
    }

    private void Load(string script, string table, params (string Table, string Exclude)[] outputs)
    {
        Script(script);
        foreach (var (output, exclude) in outputs) Write(output, exclude);
        foreach (var (output, _) in outputs)
            if (output != table) connection.Execute($"DROP VIEW {output}");
        connection.Execute($"DROP TABLE {table}");
    }

    private void Write(string table, string exclude)
    {
        string sql = Text("write");
        foreach (string date in Dates(table))
        {
            Directory.CreateDirectory(Path.Combine(values["out"], table, $"event_date={date}"));
            Time($"{table} write", Fill(sql, ("table", table), ("date", date), (", {{exclude}}", exclude == "" ? "" : ", " + exclude)));
        }
    }

    private List<string> Dates(string table)
    {
        var dates = new List<string>();
        using var result = connection.Query($"SELECT DISTINCT event_date FROM {table} ORDER BY 1");
        var rows = result.Rows();
        while (rows.Read()) dates.Add(rows.GetDate(0).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        return dates;
    }

    // Statement by statement, so that the time of each is known.
    private void Script(string name)
    {
        var statements = Fill(Text(name)).Split(";\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (string statement in statements) Time(name == "settings" ? name : $"{name} {KindOf(statement)}", statement);
    }

    private void Time(string step, string sql)
    {
        long began = Stopwatch.GetTimestamp();
        connection.Execute(sql);
        _steps[step] = _steps.GetValueOrDefault(step) + Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static string KindOf(string statement)
    {
        string text = string.Join('\n', statement.Split('\n').Where(l => !l.StartsWith("--", StringComparison.Ordinal)));
        return text.Contains("FROM read_", StringComparison.Ordinal) ? "parse" : "dedup and rejects";
    }

    private string Text(string name) => File.ReadAllText(Path.Combine(scripts, name + ".sql"));

    private string Fill(string sql, params (string Name, string Value)[] more)
    {
        var text = new StringBuilder(sql);
        foreach (var (name, value) in more) text.Replace(name.Contains("{{", StringComparison.Ordinal) ? name : "{{" + name + "}}", value);
        foreach (var (name, value) in values) text.Replace("{{" + name + "}}", value);
        return text.ToString();
    }
}
