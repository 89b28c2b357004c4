using AdvertiseX.Columns;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;

namespace AdvertiseX.Tests.Lake;

/// <summary>Staged files with real rows, made by DuckDB from a table's schema.</summary>
internal static class TestRows
{
    /// <summary>Rows with the event ids <c>first</c> to before <c>first + rows</c> of a stream, all of one
    /// date.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="table">The table.</param>
    /// <param name="stream">Name of the stream.</param>
    /// <param name="first">Number of the first row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="date">Their date; null for the usual one.</param>
    /// <param name="stepMicros">Event time of a row, from midnight, is its number times this; what is beyond the date
    /// begins at midnight again.</param>
    public static async Task<StagedFile> StageAsync(
        DataLake lake,
        TableSchema table,
        string stream,
        long first,
        long rows,
        DateOnly? date = null,
        long stepMicros = 1001
    )
    {
        var day = date ?? TestLake.Day;
        var path = LakeTable.NewFilePath(day);
        var key = $"{table.Name}/{path}";
        var columns = table
            .Columns.Where(column => !column.Partition)
            .Select(column => $"{ValueOf(column, stream, day, stepMicros)} AS {SqlDialect.DuckDb.Name(column.Name)}");
        using var connection = lake.Engine.Connect();
        connection.Execute(
            $"COPY (SELECT {string.Join(", ", columns)} FROM range({first}, {first + rows}) AS r(i) ORDER BY campaign_id) ".Replace(
                "ORDER BY campaign_id",
                table.Has("campaign_id") ? "ORDER BY campaign_id" : "",
                StringComparison.Ordinal
            ) + $"TO {SqlDialect.DuckDb.Text(lake.Store.AddressOf(key))} (FORMAT parquet, COMPRESSION zstd)"
        );
        var stats =
            $"{{\"numRecords\":{rows},\"minValues\":{{\"stream_offset\":{first}}},\"maxValues\":{{\"stream_offset\":{first + rows - 1}}},\"nullCount\":{{\"stream_offset\":0}}}}";
        return await lake.Staging.SealAsync(new StagedFile(table.Name, path, day, rows, 0, stats), default);
    }

    /// <summary>Commits impressions and rejects of one stream: a tenth of the records is rejected.</summary>
    public static async Task<long> CommitAsync(
        DataLake lake,
        string stream,
        long from,
        long next,
        DateOnly? date = null
    )
    {
        var rejected = (next - from) / 10;
        var accepted = next - from - rejected;
        List<StagedFile> files = [await StageAsync(lake, FactTables.Impressions, stream, from, accepted, date)];
        if (rejected > 0)
            files.Add(await StageAsync(lake, FactTables.Rejects, stream, from + accepted, rejected, date));
        var reasons = new Dictionary<string, long>();
        if (rejected > 0)
            reasons["bad_time"] = rejected;
        var counts = new LedgerCounts("impressions", next - from, accepted, 0, rejected, 0, reasons);
        var result = await lake.Ledger.CommitAsync(
            new([new(stream, from, next, [counts])], files, await lake.Ledger.RefreshAsync())
        );
        return Assert.IsType<LedgerResult.Committed>(result).Version;
    }

    private static string ValueOf(ColumnDefinition column, string stream, DateOnly day, long stepMicros) =>
        (column.Name, column.Type) switch
        {
            ("stream", _) => SqlDialect.DuckDb.Text(stream),
            ("event_id", _) => $"{SqlDialect.DuckDb.Text(stream + "-")} || i",
            ("event_key", _) => $"CAST(hash({SqlDialect.DuckDb.Text(stream + "-")} || i) >> 1 AS BIGINT)",
            ("campaign_id", _) => "'c' || (i * 7 % 13)",
            (_, ColumnType.Int64) => "CAST(i AS BIGINT)",
            (_, ColumnType.Int32) => "CAST(i % 1000 AS INTEGER)",
            (_, ColumnType.Boolean) => "i % 2 = 0",
            (_, ColumnType.Timestamp) =>
                $"TIMESTAMPTZ '{day:yyyy-MM-dd} 00:00:00+00' + to_microseconds(i * {stepMicros} % 86400000000)",
            (_, ColumnType.Binary) => "encode('raw ' || i)",
            _ =>
                $"CASE WHEN i % 3 > 0 OR {!column.Nullable} THEN {SqlDialect.DuckDb.Text(column.Name + " ")} || (i % 100) END",
        };
}
