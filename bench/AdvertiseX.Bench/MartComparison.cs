using System.Globalization;
using AdvertiseX.DuckDb;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Bench;

/// <summary>
/// Compares marts: rows, for every column the values and a sum of their hashes, and a sum of hashes of whole rows.
/// Users are compared by the text of their id, as each side has hashes of its own.
/// </summary>
internal sealed class MartComparison
{
    // Keys of a side's own; ours alone are the partition of a mart that has no date, and what its inner tables sum
    // besides.
    private static readonly HashSet<string> OwnWay =
    [
        "event_key",
        "click_key",
        "conversion_key",
        "impression_key",
        "touch_key",
        "impressions_with_cost",
        "impressions_with_view_time",
    ];
    private static readonly HashSet<string> WithoutDate =
    [
        "segments",
        "user_features",
        "campaign_user_daily",
        "bid_landscape",
    ];

    // Partial sums are compared in sum; the peer has no use for the rest of their grain.
    private static readonly Dictionary<string, string[]> Folded = new()
    {
        ["campaign_user_daily"] = ["campaign_id", "local_date", "user_key"],
        ["bid_landscape"] = ["local_date", "campaign_id", "currency", "band_cpm_micros"],
    };

    private readonly DuckDbConnection _connection;
    private readonly List<string> _differences = [];

    private MartComparison(DuckDbConnection connection) => _connection = connection;

    /// <summary>What differs between our lake and what the peer wrote, in words; empty when all marts agree.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(string lakeFolder, string peerFolder)
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        using var lake = await DataLake.OpenAsync(lakeFolder);
        var comparison = new MartComparison(connection);
        await comparison.NameUsersAsync(lake, "our_users");
        comparison.NameUsers(
            "their_users",
            kind => $"read_parquet('{peerFolder}/{FactTables.Of(kind).Name}/*/*.parquet')"
        );
        foreach (var table in DuckDbPeer.MartTables)
            comparison.Compare(
                table,
                await comparison.ViewAsync(lake, table, "our_"),
                "our_users",
                $"read_parquet('{peerFolder}/marts/{table}.parquet')",
                "their_users"
            );
        return comparison._differences;
    }

    /// <summary>What differs between the marts of two of our lakes.</summary>
    public static async Task<IReadOnlyList<string>> OfLakesAsync(string one, string other)
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        using var left = await DataLake.OpenAsync(one);
        using var right = await DataLake.OpenAsync(other);
        var comparison = new MartComparison(connection);
        foreach (var model in ModelCatalog.Shipped.Ordered)
            comparison.Compare(
                model.Name,
                await comparison.ViewAsync(left, model.Name, "left_"),
                null,
                await comparison.ViewAsync(right, model.Name, "right_"),
                null
            );
        return comparison._differences;
    }

    /// <summary>Makes a view of a table as it is, with its columns also when it has no files.</summary>
    private async Task<string> ViewAsync(DataLake lake, string table, string prefix)
    {
        var files = (await lake.FilesAsync(table)).Files.Select(file => file.Address);
        var name = prefix + table;
        _connection.Execute(ParquetView.Create(ModelCatalog.Shipped.Set(name, table, files), temporary: true));
        return name;
    }

    private async Task NameUsersAsync(DataLake lake, string name)
    {
        var files = new Dictionary<EventKind, string>();
        foreach (var kind in Users)
            files[kind] = await ViewAsync(lake, FactTables.Of(kind).Name, "our_");
        NameUsers(name, kind => files[kind]);
    }

    private static EventKind[] Users => [EventKind.Impression, EventKind.Click, EventKind.Conversion];

    private void NameUsers(string name, Func<EventKind, string> from)
    {
        var parts = Users.Select(kind => $"SELECT user_key, user_id FROM {from(kind)} WHERE user_key IS NOT NULL");
        _connection.Execute(
            $"CREATE TABLE {name} AS SELECT user_key, any_value(user_id) AS user_id FROM ({string.Join(" UNION ALL ", parts)}) GROUP BY user_key"
        );
    }

    private void Compare(string table, string ours, string? ourUsers, string theirs, string? theirUsers)
    {
        var model = ModelCatalog.Shipped.Find(table);
        var isOwn = ourUsers is null;
        var columns = model
            .Columns.Where(c =>
                isOwn || !(OwnWay.Contains(c.Name) || (c.Name == "event_date" && WithoutDate.Contains(table)))
            )
            .ToList();
        var grouping = "";
        var selected = columns
            .Select(c => c.SqlType is SqlType.Int64 or SqlType.Int32 ? $"CAST({c.Name} AS BIGINT) AS {c.Name}" : c.Name)
            .ToList();
        var fold =
            model.Refresh == ModelRefresh.Additive
                ? isOwn
                    ? [.. model.Grain]
                    : Folded[table]
                : null;
        if (fold is not null)
        {
            columns =
            [
                .. columns.Where(c =>
                    fold.Contains(c.Name) || (!model.Grain.Contains(c.Name) && c.SqlType == SqlType.Int64)
                ),
            ];
            selected =
            [
                .. columns.Select(c => fold.Contains(c.Name) ? c.Name : $"CAST(sum({c.Name}) AS BIGINT) AS {c.Name}"),
            ];
            // Of rows that came and went again sums of nothing are left.
            grouping =
                $" GROUP BY {string.Join(", ", fold)} HAVING {string.Join(" OR ", columns.Where(c => !fold.Contains(c.Name)).Select(c => $"coalesce(sum({c.Name}), 0) <> 0"))}";
        }

        // What has a key of its user but not the id gets it.
        var isKeyed = !isOwn && columns.Exists(c => c.Name == "user_key");
        var names = columns
            .Where(c => isOwn || c.Name != "user_key")
            .Select(c => c.Name)
            .Concat(isKeyed ? ["known_user"] : [])
            .ToList();
        var sums = string.Join(
            ", ",
            names.Select(n => $"count({n}), sum(hash({n})::HUGEINT) FILTER ({n} IS NOT NULL)")
        );
        string[] a = Read(ours, ourUsers),
            b = Read(theirs, theirUsers);
        if (a[0] != b[0])
        {
            _differences.Add($"{table}: rows: {a[0]} and {b[0]}");
            return;
        }

        for (var i = 0; i < names.Count; i++)
        {
            if (a[2 + 2 * i] != b[2 + 2 * i])
                _differences.Add($"{table}: values of {names[i]}: {a[2 + 2 * i]} and {b[2 + 2 * i]}");
            else if (a[3 + 2 * i] != b[3 + 2 * i])
                _differences.Add($"{table}: content of {names[i]}");
        }

        if (a[1] != b[1] && !_differences.Exists(d => d.StartsWith(table + ":", StringComparison.Ordinal)))
            _differences.Add($"{table}: rows are put together differently");

        string[] Read(string from, string? users)
        {
            var rows = $"SELECT {string.Join(", ", selected)} FROM {from}{grouping}";
            if (isKeyed)
                rows = $"SELECT r.*, u.user_id AS known_user FROM ({rows}) r LEFT JOIN {users} u USING (user_key)";
            using var result = _connection.Query(
                $"SELECT count(*), sum(hash({string.Join(", ", names)})::HUGEINT), {sums} FROM ({rows})"
            );
            var read = result.Rows();
            read.Read();
            return
            [
                .. Enumerable
                    .Range(0, read.Columns.Count)
                    .Select(i => read.IsNull(i) ? "null" : read.GetInt128(i).ToString(CultureInfo.InvariantCulture)),
            ];
        }
    }
}
