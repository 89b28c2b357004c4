using AdvertiseX.Engines;

namespace AdvertiseX.Tests.Engines;

/// <summary>A temporary folder with Parquet files made by SQL.</summary>
internal sealed class ParquetFolder : IDisposable
{
    internal static readonly ParquetColumn[] Columns =
    [
        new("id", SqlType.Int64),
        new("campaign_id", SqlType.Text),
        new("event_time", SqlType.Timestamp),
        new("event_date", SqlType.Date),
    ];

    internal ParquetFolder(string name = "adx-test") => Path = Directory.CreateTempSubdirectory(name).FullName;

    internal string Path { get; }

    internal DuckDbEngine Engine { get; } = new(new DuckDbEngineOptions { MemoryLimitMebibytes = 128, Threads = 2 });

    /// <summary>Events 0 to <paramref name="count"/> - 1 over ten days and fifty campaigns.</summary>
    internal static string Events(long count) =>
        $"""
            SELECT i AS id, 'c' || (i % 50) AS campaign_id,
                   TIMESTAMPTZ '2024-03-01 00:00:00Z' + to_microseconds(i * 977002931 % 864000000000) AS event_time,
                   DATE '2024-03-01' + CAST(i * 977002931 % 864000000000 // 86400000000 AS INTEGER) AS event_date
            FROM range({count}) t(i)
            """;

    /// <summary>A folder below this one that is there.</summary>
    internal string Folder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    internal ParquetSet Write(string select, string? partition = "event_date", params string[] sort)
    {
        var output = new ParquetOutput(Folder("t")) { PartitionColumn = partition, SortColumns = sort };
        var files = Engine.Write(select, [], output, CancellationToken.None);
        return new ParquetSet("events", Columns, files.Select(file => file.Path).ToArray())
        {
            PartitionColumn = partition,
        };
    }

    internal long Scalar(string sql, params ParquetSet[] sets)
    {
        using var result = Engine.Read(sql, sets, CancellationToken.None);
        Assert.True(result.Read());
        return result.GetInt64(0);
    }

    public void Dispose()
    {
        Engine.Dispose();
        Directory.Delete(Path, recursive: true);
    }
}
