using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using AdvertiseX.Contracts;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Sources;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>A folder of inputs and a lake beside it, gone with the test; each run opens the lake anew, as a process
/// does.</summary>
internal sealed class TempIngest : IDisposable
{
    /// <summary>Columns that say when and where, and those that are hashes.</summary>
    private static readonly string[] Made =
    [
        "event_key",
        "user_key",
        "auction_key",
        "click_key",
        "impression_key",
        "payload_hash",
        "received_time",
        "processed_time",
        "stream",
        "event_date",
    ];

    public string Folder { get; } = Directory.CreateTempSubdirectory("adx-ingest-").FullName;

    public string Input => Directory.CreateDirectory(Path.Combine(Folder, "in")).FullName;

    public string Lake => Path.Combine(Folder, "lake");

    public FixedClock Clock { get; } = new();

    public IngestOptions Options { get; set; } = new();

    public IReadOnlyList<CompiledContract> Contracts { get; set; } = ContractFile.Shipped;

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine(Input, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    /// <summary>Ingests paths, the whole input folder when there are none.</summary>
    public Task<IngestReport> RunAsync(params string[] paths) => RunAsync(null, default, paths);

    public async Task<IngestReport> RunAsync(Feed? feed, CancellationToken cancellation, params string[] paths)
    {
        var sources = new SourceCatalog(Contracts, feed).Find(paths.Length == 0 ? [Input] : paths);
        using var lake = await OpenAsync();
        return await new EventPipeline(EnvironmentOf(lake)).RunAsync(sources, null, cancellation);
    }

    public IngestEnvironment EnvironmentOf(DataLake lake) => new(lake) { Options = Options, Clock = Clock };

    public async Task<DataLake> OpenAsync() =>
        await DataLake.OpenAsync(new LocalObjectStore(Lake), Lake, create: true, Clock, SharedEngines.Lake);

    /// <summary>The rows of a table as JSON objects, nulls and made columns left out, in the order of their
    /// position.</summary>
    public async Task<List<JsonObject>> RowsAsync(string table, bool withMade = false)
    {
        using var lake = await OpenAsync();
        return Rows(lake, table, withMade);
    }

    public static List<JsonObject> Rows(DataLake lake, string table, bool withMade = false)
    {
        var raw = table == "rejects" ? " REPLACE (coalesce(TRY(decode(raw)), CAST(raw AS VARCHAR)) AS raw)" : "";
        var rows = Query(
                lake,
                table,
                $"SELECT to_json(t) FROM (SELECT *{raw} FROM events) t ORDER BY t.stream, t.stream_offset, t.stream_ordinal NULLS FIRST"
            )
            .Select(row => JsonNode.Parse(row[0]!)!.AsObject())
            .ToList();
        foreach (var row in rows)
        {
            foreach (var (name, value) in row.ToList())
                if (value == null || (!withMade && Made.Contains(name)))
                    row.Remove(name);
        }

        return rows;
    }

    /// <summary>Runs SQL over a table's live files, named <c>events</c>; every value as text.</summary>
    public static List<string?[]> Query(DataLake lake, string table, string sql)
    {
        var files = lake.Table(table).FilesOf(lake.Table(table).Delta.Latest);
        if (files.Count == 0)
            return [];
        using var connection = lake.Engine.Connect();
        connection.Execute(
            $"CREATE TEMP VIEW events AS SELECT * FROM read_parquet({SqlDialect.DuckDb.List(files.Select(f => f.Address))}, union_by_name = true, hive_partitioning = false)"
        );
        using var result = connection.Query($"SELECT COLUMNS(*)::VARCHAR FROM ({sql})");
        var found = new List<string?[]>();
        for (var rows = result.Rows(); rows.Read(); )
            found.Add([.. Enumerable.Range(0, rows.Columns.Count).Select(rows.GetNullableString)]);
        return found;
    }

    /// <summary>Fails unless the lake is sound: it conserves at every ledger version, has no event twice, and its
    /// tables fit its logs.</summary>
    public async Task VerifyAsync()
    {
        using var lake = await OpenAsync();
        await VerifyAsync(lake);
    }

    public static async Task VerifyAsync(DataLake lake)
    {
        var report = await LakeVerifier.RunAsync(lake);
        Assert.True(report.Holds, string.Join('\n', report.Problems));
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
