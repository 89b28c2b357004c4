using System.Globalization;
using AdvertiseX.Columns;
using AdvertiseX.DuckDb;
using AdvertiseX.Events;
using AdvertiseX.Lake;

namespace AdvertiseX.Bench;

/// <summary>
/// Compares what two runs left behind: for each table and date the rows, the distinct ids, and for every column that
/// both fill the values (count and a sum of hashes, so that order does not matter); then rejects and duplicates by feed
/// and reason.
/// </summary>
internal sealed class Comparison(DuckDbConnection connection)
{
    // What a peer cannot know or makes in its own way: keys and hashes, positions, clocks, the id of events without
    // one, extra's spelling.
    private static readonly HashSet<string> OwnWay =
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
        "stream_offset",
        "stream_ordinal",
        "extra",
        "event_date",
        "targeting",
    ];

    private readonly List<string> _differences = [];

    /// <summary>What differs, in words; empty when the results agree.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(string lakeFolder, string peerFolder, string[] feeds)
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        using var lake = await DataLake.OpenAsync(lakeFolder);
        var comparison = new Comparison(connection);
        foreach (var kind in Enum.GetValues<EventKind>())
        {
            var table = FactTables.Of(kind);
            if (!feeds.Contains(FeedOf(kind)))
                continue;
            var files = (await lake.FilesAsync(table.Name)).Files.Select(f => f.Address);
            comparison.Table(table, ListOf(files), $"'{peerFolder}/{table.Name}/*/*.parquet'");
        }

        var rejects = (await lake.FilesAsync(FactTables.Rejects.Name)).Files.Select(f => f.Address);
        comparison.Rejects(ListOf(rejects), $"'{peerFolder}/rejects.parquet'");
        return comparison._differences;
    }

    private static string FeedOf(EventKind kind) =>
        kind switch
        {
            EventKind.Impression => "impressions",
            EventKind.BidRequest => "bid_requests",
            _ => "clicks_conversions",
        };

    private static string ListOf(IEnumerable<string> files) =>
        "[" + string.Join(", ", files.Select(f => $"'{f}'")) + "]";

    private void Table(TableSchema table, string ours, string theirs)
    {
        var columns = table
            .Columns.Where(c => !OwnWay.Contains(c.Name) && !(table == FactTables.BidRequests && c.Name == "event_id"))
            .ToList();
        var sums = string.Join(
            ", ",
            columns.Select(c => $"count({c.Name}), sum(hash({c.Name})::HUGEINT) FILTER ({c.Name} IS NOT NULL)")
        );
        var names = new List<string> { "rows", "distinct event_id" };
        foreach (var column in columns)
            names.AddRange([$"values of {column.Name}", $"content of {column.Name}"]);
        var left = Read(ours);
        var right = Read(theirs);
        foreach (var date in left.Keys.Union(right.Keys).Order(StringComparer.Ordinal))
        {
            var a = left.GetValueOrDefault(date);
            var b = right.GetValueOrDefault(date);
            if (a == null || b == null)
                _differences.Add($"{table.Name} {date}: only {(a == null ? "the peer" : "adx")} has rows");
            else
            {
                for (var i = 0; i < names.Count; i++)
                    if (a[i] != b[i])
                        _differences.Add($"{table.Name} {date}: {names[i]}: adx {a[i]}, peer {b[i]}");
            }
        }

        Dictionary<string, string[]> Read(string files) =>
            Rows(
                $"SELECT event_date::VARCHAR, count(*), count(DISTINCT event_id), {sums} FROM read_parquet({files}, hive_partitioning = true) GROUP BY 1"
            );
    }

    private void Rejects(string ours, string theirs)
    {
        // Blocks of Avro that are damaged never reach the peer.
        var left = Rows(
            $"SELECT feed || ' ' || reason, count(*) FROM read_parquet({ours}, hive_partitioning = true) WHERE reason <> 'damaged_block' GROUP BY 1"
        );
        var right = Rows(
            $"SELECT feed || ' ' || reason, sum(records) FROM read_parquet({theirs}) WHERE records > 0 GROUP BY 1"
        );
        foreach (var key in left.Keys.Union(right.Keys).Order(StringComparer.Ordinal))
        {
            string a = left.GetValueOrDefault(key)?[0] ?? "0",
                b = right.GetValueOrDefault(key)?[0] ?? "0";
            if (a != b)
                _differences.Add($"rejects {key}: adx {a}, peer {b}");
        }
    }

    private Dictionary<string, string[]> Rows(string sql)
    {
        var found = new Dictionary<string, string[]>(StringComparer.Ordinal);
        using var result = connection.Query(sql);
        var rows = result.Rows();
        while (rows.Read())
        {
            var values = new string[rows.Columns.Count - 1];
            for (var i = 0; i < values.Length; i++)
                values[i] = rows.IsNull(i + 1) ? "null" : rows.GetInt128(i + 1).ToString(CultureInfo.InvariantCulture);
            found.Add(rows.GetString(0), values);
        }

        return found;
    }
}
