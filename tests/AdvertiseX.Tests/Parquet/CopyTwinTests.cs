using AdvertiseX.Columns;
using AdvertiseX.DuckDb;
using AdvertiseX.Parquet;

namespace AdvertiseX.Tests.Parquet;

/// <summary>DuckDB's COPY is the twin of our writer: of the same rows both make files that read the same.</summary>
public sealed class CopyTwinTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-twin-").FullName;
    private readonly DuckDbDatabase _database = DuckDbDatabase.Open();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3, Explicit = true)]
    [InlineData(4, Explicit = true)]
    public void Files_and_their_schema_read_the_same(int seed)
    {
        var random = new Random(seed);
        var count = random.Next(1, 6000);
        using var batch = RandomBatch.Create(random, count);
        string ours = Path.Combine(_folder, "ours.parquet"),
            theirs = Path.Combine(_folder, "theirs.parquet");
        ParquetFiles.Write(ours, batch, RandomBatch.Order(random, count), new ParquetOptions { RowGroupRows = 2000 });
        using var connection = _database.Connect();
        connection.Execute($"CREATE TABLE t AS FROM '{ours}'");
        connection.Execute($"COPY t TO '{theirs}' (FORMAT parquet)");
        Assert.Equal(0, Count(connection, Difference(ours, theirs)));
        Assert.Equal(0, Count(connection, Difference(theirs, ours)));
        Assert.Equal(0, Count(connection, $"({Schema(ours)}) EXCEPT ALL ({Schema(theirs)})"));
    }

    [Fact]
    public void No_rows_make_a_file_of_no_rows()
    {
        using var batch = new ColumnBatch(RandomBatch.Schema);
        var path = Path.Combine(_folder, "none.parquet");
        var info = ParquetFiles.Write(path, batch, [], new ParquetOptions());
        Assert.Equal(0, info.Rows);
        using var connection = _database.Connect();
        ReadBack.AssertEqual(connection, path, batch, []);
        Assert.True(ParquetFooter.TryRead(ParquetFiles.Open(path), out var footer, out _));
        Assert.Empty(footer.RowGroups);
    }

    [Fact]
    public void A_required_column_without_a_value_is_refused()
    {
        using var batch = new ColumnBatch(RandomBatch.Schema);
        batch.Int64("row").Set(0, 1);
        batch.AddRow();
        var error = Assert.Throws<InvalidOperationException>(() =>
            ParquetFileWriter.Write(new MemoryStream(), batch, [0], new ParquetOptions())
        );
        Assert.Contains("event_key", error.Message);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void A_row_that_the_batch_does_not_have_is_refused(int row)
    {
        using var batch = RandomBatch.Create(new Random(1), 1);
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            ParquetFileWriter.Write(new MemoryStream(), batch, [0, row], new ParquetOptions())
        );
    }

    [Fact]
    public void The_same_rows_make_the_same_bytes()
    {
        using var batch = RandomBatch.Create(new Random(9), 20_000);
        using MemoryStream first = new(),
            again = new();
        ParquetFileWriter.Write(first, batch, RandomBatch.Order(new Random(1), 20_000), new ParquetOptions());
        ParquetFileWriter.Write(again, batch, RandomBatch.Order(new Random(1), 20_000), new ParquetOptions());
        Assert.True(first.ToArray().AsSpan().SequenceEqual(again.ToArray()));
    }

    [Fact]
    public void Types_and_requirement_stand_in_the_schema()
    {
        using var batch = new ColumnBatch(RandomBatch.Schema);
        var path = Path.Combine(_folder, "schema.parquet");
        ParquetFiles.Write(path, batch, [], new ParquetOptions());
        using var connection = _database.Connect();
        using var result = connection.Query(
            $"SELECT name, concat_ws(' ', repetition_type, type, converted_type, logical_type) FROM parquet_schema('{path}')"
        );
        var schema = new Dictionary<string, string>();
        for (var rows = result.Rows(); rows.Read(); )
            schema.Add(rows.GetString(0), rows.GetString(1));
        Assert.Equal("REQUIRED INT64", schema["event_key"]);
        Assert.Equal("REQUIRED INT32", schema["hash"]);
        Assert.Equal("OPTIONAL BOOLEAN", schema["flag_a"]);
        Assert.Equal("OPTIONAL BYTE_ARRAY", schema["bytes"]);
        Assert.StartsWith("OPTIONAL BYTE_ARRAY UTF8 StringType", schema["code_a"]);
        Assert.StartsWith("OPTIONAL INT32 DATE DateType", schema["day"]);
        Assert.StartsWith("OPTIONAL INT64 TIMESTAMP_MICROS TimestampType(isAdjustedToUTC=1", schema["time_a"]);
        Assert.Contains("MICROS=MicroSeconds", schema["time_a"]);
        Assert.False(schema.ContainsKey("in_folder"));
    }

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(_folder, true);
    }

    private static string Difference(string a, string b) => $"(FROM '{a}') EXCEPT ALL (FROM '{b}')";

    private static string Schema(string path) => $"SELECT column_name, column_type FROM (DESCRIBE FROM '{path}')";

    private static long Count(DuckDbConnection connection, string rows)
    {
        using var result = connection.Query($"SELECT count(*) FROM ({rows})");
        var read = result.Rows();
        Assert.True(read.Read());
        return read.GetInt64(0);
    }
}
