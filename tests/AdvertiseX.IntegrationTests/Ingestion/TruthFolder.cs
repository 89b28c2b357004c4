using AdvertiseX.DuckDb;
using AdvertiseX.Engines;
using AdvertiseX.Generation;
using AdvertiseX.Lake;

namespace AdvertiseX.IntegrationTests.Ingestion;

/// <summary>Generated feeds with their truth, and a lake beside them; gone with the test.</summary>
internal sealed class TruthFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-truth-").FullName;

    public string Feeds => Path.Combine(_folder, "feeds");

    public string Lake => Path.Combine(_folder, "lake");

    /// <summary>The folders with feeds; the truth beside them is no input.</summary>
    public string[] Inputs =>
        [.. new[] { "impressions", "clicks_conversions", "bid_requests" }.Select(f => Path.Combine(Feeds, f))];

    public static async Task<TruthFolder> GenerateAsync(
        long impressions,
        bool gzip = false,
        long maxFileBytes = 256L << 20
    )
    {
        var folder = new TruthFolder();
        await FeedGenerator.GenerateAsync(
            new GeneratorOptions
            {
                OutputDirectory = folder.Feeds,
                Impressions = impressions,
                Seed = 11,
                Gzip = gzip,
                MaxFileBytes = maxFileBytes,
            }
        );
        return folder;
    }

    public AdxProcess Ingest(string? config = null, params string[] inputs)
    {
        string[] configured = config == null ? [] : ["--config", Write("adx.json", config)];
        return new AdxProcess([
            "ingest",
            .. inputs.Length == 0 ? Inputs : inputs,
            "--lake",
            Lake,
            "--no-models",
            "--json",
            .. configured,
        ]);
    }

    /// <summary>Fails unless the lake is sound and every line of the feeds has the verdict, and the reason, that the
    /// truth says.</summary>
    public async Task CheckAsync()
    {
        using var lake = await DataLake.OpenAsync(Lake);
        var report = await LakeVerifier.RunAsync(lake);
        Assert.True(report.Holds, string.Join('\n', report.Problems));
        using var connection = lake.Engine.Connect();
        connection.Execute(
            $"CREATE TEMP TABLE truth AS SELECT {SqlDialect.DuckDb.Text(Feeds + "/")} || file AS stream, * FROM read_csv({SqlDialect.DuckDb.Text(Path.Combine(Feeds, "truth", "lines.csv"))}, header = true, all_varchar = false)"
        );
        foreach (var table in lake.Tables)
        {
            var files = table.FilesOf(table.Delta.Latest).Select(f => f.Address);
            connection.Execute(
                $"CREATE TEMP VIEW {table.Name} AS SELECT * FROM read_parquet({SqlDialect.DuckDb.List(files)}, union_by_name = true, hive_partitioning = false)"
            );
        }

        CheckRejects(connection);
        CheckFacts(connection);
    }

    /// <summary>Rows of a table, which must be as many as the truth has of them; the lake must be sound.</summary>
    public async Task<long> AcceptedAsync(string table)
    {
        using var lake = await DataLake.OpenAsync(Lake);
        var report = await LakeVerifier.RunAsync(lake);
        Assert.True(report.Holds, string.Join('\n', report.Problems));
        var rows = lake.Table(table).Summary().Rows;
        Assert.Equal(AcceptedOf(table), rows);
        return rows;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void CheckRejects(DuckDbConnection connection) =>
        Assert.Empty(
            Rows(
                connection,
                """
                SELECT coalesce(t.stream, r.stream), coalesce(t."offset", r.stream_offset), t.reason, r.reason
                FROM (SELECT * FROM truth WHERE verdict = 'rejected') t
                FULL JOIN rejects r ON r.stream = t.stream AND r.stream_offset = t."offset" AND coalesce(r.stream_ordinal, 0) = t.ordinal
                WHERE t.reason IS DISTINCT FROM r.reason LIMIT 10
                """
            )
        );

    private void CheckFacts(DuckDbConnection connection)
    {
        foreach (
            var (table, kind) in new[]
            {
                ("impressions", "impression"),
                ("clicks", "click"),
                ("conversions", "conversion"),
                ("bid_requests", "bid_request"),
            }
        )
        {
            // Late lines are accepted under their own id; duplicate and rejected ones are in no fact table.
            Assert.Empty(
                Rows(
                    connection,
                    $"""
                    SELECT t.stream, t."offset", t.verdict, t.event_id, f.event_id FROM truth t
                    LEFT JOIN {table} f ON f.stream = t.stream AND f.stream_offset = t."offset" AND coalesce(f.stream_ordinal, 0) = t.ordinal
                    WHERE t.kind = '{kind}' AND ((t.verdict = 'late') <> (f.event_id IS NOT NULL)) LIMIT 10
                    """
                )
            );
            var accepted = long.Parse(Rows(connection, $"SELECT count(*) FROM {table}").Single()[0]!);
            Assert.Equal(AcceptedOf(table), accepted);
        }
    }

    private long AcceptedOf(string table)
    {
        var totals = System.Text.Json.Nodes.JsonNode.Parse(
            File.ReadAllText(Path.Combine(Feeds, "truth", "totals.json"))
        )!;
        return (long)totals[table]!["accepted"]!;
    }

    private static List<string?[]> Rows(DuckDbConnection connection, string sql)
    {
        using var result = connection.Query($"SELECT COLUMNS(*)::VARCHAR FROM ({sql})");
        var found = new List<string?[]>();
        for (var rows = result.Rows(); rows.Read(); )
            found.Add([.. Enumerable.Range(0, rows.Columns.Count).Select(rows.GetNullableString)]);
        return found;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
