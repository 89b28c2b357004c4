using AdvertiseX.Parquet;

namespace AdvertiseX.Tests.Parquet;

public sealed class ParquetRoundTripTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-parquet-").FullName;

    public static IEnumerable<TheoryDataRow<int>> Some => Seeds.From(1, 24, fast: 6);

    [Theory]
    [MemberData(nameof(Some))]
    public void What_DuckDB_reads_is_the_batch(int seed)
    {
        var random = new Random(seed);
        var count = random.Next(6) switch
        {
            0 => 1,
            1 => random.Next(1, 10),
            2 => random.Next(1000),
            _ => random.Next(30_000),
        };
        using var batch = RandomBatch.Create(random, count);
        var rows = RandomBatch.Order(random, count);
        var options = ParquetFiles.RandomOptions(random);
        var path = Path.Combine(_folder, $"{seed}.parquet");
        var info = ParquetFiles.Write(path, batch, rows, options);
        Assert.Equal(rows.Length, info.Rows);
        Assert.Equal(new FileInfo(path).Length, info.SizeBytes);
        using var connection = ReadBack.Database.Connect();
        ReadBack.AssertEqual(connection, path, batch, rows);
    }

    public void Dispose()
    {
        Directory.Delete(_folder, true);
    }
}
