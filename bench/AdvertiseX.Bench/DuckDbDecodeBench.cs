using System.Diagnostics;
using System.Globalization;
using AdvertiseX.DuckDb;

namespace AdvertiseX.Bench;

/// <summary>
/// What <see cref="DecodeBench"/> reads, read by DuckDB on one thread: columns named and all text, every column counted
/// so that each is taken out of its record. DuckDB also frames, and moves the texts into vectors; our decode leaves
/// them in the block.
/// </summary>
internal static class DuckDbDecodeBench
{
    private const string Impressions = """
        impression_id: 'VARCHAR', ad_creative_id: 'VARCHAR', user_id: 'VARCHAR', timestamp: 'VARCHAR', website: 'VARCHAR', campaign_id: 'VARCHAR',
        device: 'STRUCT(type VARCHAR, os VARCHAR, browser VARCHAR)', geo: 'STRUCT(country VARCHAR, region VARCHAR, city VARCHAR)',
        ip: 'VARCHAR', user_agent: 'VARCHAR', viewable: 'BOOLEAN', cost: 'VARCHAR', currency: 'VARCHAR'
        """;

    private const string Clicks = """
        click_id: 'VARCHAR', event_timestamp: 'VARCHAR', user_id: 'VARCHAR', ad_campaign_id: 'VARCHAR', conversion_type: 'VARCHAR',
        website: 'VARCHAR', revenue: 'VARCHAR', currency: 'VARCHAR'
        """;

    /// <param name="args">Millions of records (default 0.2), runs of each (default 5).</param>
    public static void Run(string[] args)
    {
        var records = (int)((args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 0.2) * 1_000_000);
        var runs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
        var folder = Directory.CreateTempSubdirectory("adx-bench-").FullName;
        try
        {
            using var database = DuckDbDatabase.Open();
            using var connection = database.Connect();
            connection.Execute("SET threads = 1; SET preserve_insertion_order = false");
            string json = Path.Combine(folder, "impressions.ndjson"),
                csv = Path.Combine(folder, "clicks.csv");
            File.WriteAllBytes(json, TextFeeds.Impressions(records, escapes: false, pretty: false));
            File.WriteAllBytes(csv, TextFeeds.Clicks(records));
            Measure(
                connection,
                "DuckDB read_json, json lines",
                json,
                records,
                runs,
                $"read_json('{json}', format = 'newline_delimited', columns = {{{Impressions}}})"
            );
            Measure(
                connection,
                "DuckDB read_csv",
                csv,
                records,
                runs,
                $"read_csv('{csv}', header = true, auto_detect = false, quote = '\"', escape = '\"', delim = ',', columns = {{{Clicks}}})"
            );
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static void Measure(
        DuckDbConnection connection,
        string name,
        string file,
        int records,
        int runs,
        string table
    )
    {
        var best = double.MaxValue;
        for (var run = 0; run <= runs; run++)
        {
            var began = Stopwatch.GetTimestamp();
            connection.Execute($"SELECT count(COLUMNS(*)) FROM {table}");
            if (run > 0)
                best = Math.Min(best, Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        Console.WriteLine(
            $"{name, -32}{best / records * 1e9, 8:0.0} ns/record {new FileInfo(file).Length / best / 1e6, 8:0} MB/s"
        );
    }
}
