using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>Compares every table of a lake as DuckDB reads our log with chDB's own reading of it.</summary>
internal static class ForeignComparison
{
    /// <summary>Fails where count, sum, least or greatest of any column differ.</summary>
    public static async Task AgreeAsync(DataLake lake, string folder)
    {
        var tables = lake.AllTables.ToList();
        var theirs = await ChdbReader.QueryAsync(folder, [.. tables.Select(table => TheirQuery(lake, table))]);
        foreach (var (table, their) in tables.Zip(theirs))
        {
            var columns = table.Delta.Latest.Schema.Columns;
            var our = OurRow(lake, table);
            Assert.Equal(our[0], Assert.Single(their)[0]);
            for (var column = 0; column < columns.Count; column++)
                Assert.Equal(
                    (table.Name, columns[column].Name, our[column + 1]),
                    (table.Name, columns[column].Name, their[0][column + 1])
                );
        }
    }

    private static string TheirQuery(DataLake lake, LakeTable table)
    {
        var folder = Path.GetDirectoryName(lake.Store.AddressOf($"{table.Name}/x"))!;
        var facts = table.Delta.Latest.Schema.Columns.Select(column =>
            Facts(column, SqlDialect.DuckDb.Name(column.Name), theirs: true)
        );
        return $"SELECT toString(count()), {string.Join(", ", facts)} FROM deltaLakeLocal({SqlDialect.DuckDb.Text(folder)})";
    }

    private static string?[] OurRow(DataLake lake, LakeTable table)
    {
        var snapshot = table.Delta.Latest;
        var sources = snapshot.Files.Values.Select(file =>
            $"SELECT *, {(file.EventDate is { } date ? $"DATE '{date:yyyy-MM-dd}'" : "CAST(NULL AS DATE)")} AS event_date FROM read_parquet({SqlDialect.DuckDb.Text(table.AddressOf(file.Path))}, hive_partitioning = false)"
        );
        var empty =
            $"SELECT {string.Join(", ", snapshot.Schema.Columns.Select(column => $"CAST(NULL AS {SqlDialect.DuckDb.NameOf(column.SqlType)}) AS {SqlDialect.DuckDb.Name(column.Name)}"))} WHERE false";
        var facts = snapshot.Schema.Columns.Select(column =>
            Facts(column, SqlDialect.DuckDb.Name(column.Name), theirs: false)
        );
        using var connection = lake.Engine.Connect();
        using var result = connection.Query(
            $"SELECT count(*)::VARCHAR, {string.Join(", ", facts)} FROM ({string.Join(" UNION ALL BY NAME ", sources.Prepend(empty))})"
        );
        var rows = result.Rows();
        Assert.True(rows.Read());
        return [.. Enumerable.Range(0, snapshot.Schema.Columns.Count + 1).Select(rows.GetNullableString)];
    }

    /// <summary>Count, sum, least and greatest of a column as one text, in ClickHouse's words or in DuckDB's.</summary>
    private static string Facts(DeltaColumn column, string name, bool theirs)
    {
        // Of no rows ClickHouse gives a default where DuckDB gives null.
        var (sum, min, max) = theirs ? ("sumOrNull", "minOrNull", "maxOrNull") : ("sum", "min", "max");
        string[] parts = column.Type switch
        {
            DeltaType.String => [$"{min}({name})", $"{max}({name})"],
            DeltaType.Long or DeltaType.Integer =>
            [
                $"{sum}({(theirs ? $"toInt128({name})" : name)})",
                $"{min}({name})",
                $"{max}({name})",
            ],
            DeltaType.Boolean => theirs ? [$"countIf({name} = true)"] : [$"count(*) FILTER ({name})"],
            DeltaType.Date => [$"{min}({name})", $"{max}({name})"],
            DeltaType.Timestamp => theirs
                ? [$"toUnixTimestamp64Micro({min}({name}))", $"toUnixTimestamp64Micro({max}({name}))"]
                : [$"epoch_us(min({name}))", $"epoch_us(max({name}))"],
            DeltaType.Double =>
            [
                theirs ? $"toInt64(round({sum}({name}) * 100))" : $"CAST(round({sum}({name}) * 100) AS BIGINT)",
            ],
            _ => [$"hex({min}({name}))", $"hex({max}({name}))"],
        };
        return "concat("
            + string.Join(
                ", '|', ",
                parts
                    .Prepend($"count({name})")
                    .Select(part => theirs ? $"ifNull(toString({part}), '-')" : $"ifnull(({part})::VARCHAR, '-')")
            )
            + ")";
    }
}
