using AdvertiseX.Columns;
using AdvertiseX.Parquet;

namespace AdvertiseX.Tests.Parquet;

public sealed class ParquetBatchReaderTests : IDisposable
{
    private readonly DecodeScratch _scratch = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-batches-").FullName;

    public static IEnumerable<TheoryDataRow<int>> Some => Seeds.From(200, 40, fast: 8);

    public static IEnumerable<TheoryDataRow<int>> Damages => Seeds.From(300, 20, fast: 3);

    public void Dispose()
    {
        _scratch.Dispose();
        Directory.Delete(_folder, true);
    }

    [Theory]
    [MemberData(nameof(Some))]
    public void What_was_written_comes_back_here_and_in_DuckDB(int seed)
    {
        var random = new Random(seed);
        using var batch = RandomBatch.Create(random, Count(random));
        var rows = RandomBatch.Order(random, batch.Rows);
        var path = Path.Combine(_folder, "a.parquet");
        ParquetFiles.Write(path, batch, rows, ParquetFiles.RandomOptions(random));
        using var read = ReadAll(ParquetFiles.Open(path), RandomBatch.Schema);
        Assert.Equal(rows.Length, read.Rows);
        BatchRows.AssertEqual(batch, rows, read, 0);
        using var connection = ReadBack.Database.Connect();
        ReadBack.AssertEqual(connection, path, read, [.. Enumerable.Range(0, read.Rows)]);
    }

    [Theory]
    [MemberData(nameof(Some))]
    public void Any_range_of_rows_and_columns_is_what_lies_there(int seed)
    {
        var random = new Random(seed);
        using var batch = RandomBatch.Create(random, Count(random));
        int[] rows = [.. Enumerable.Range(0, batch.Rows)];
        var options = ParquetFiles.RandomOptions(random);
        var reader = Open(Write(batch, rows, options), RandomBatch.Schema);
        var some = new TableSchema("some", [.. RandomBatch.Schema.Columns.Where(_ => random.Next(3) > 0)]);
        using var read = new ColumnBatch(some);
        var expected = new List<int>();
        for (var i = 0; i < 10 && reader.RowGroups.Count > 0; i++)
        {
            var group = random.Next(reader.RowGroups.Count);
            var from = random.Next((int)reader.RowGroups[group].Rows);
            var count = random.Next((int)reader.RowGroups[group].Rows - from + 1);
            Assert.Equal(ParquetReadResult.Ok, reader.Read(group, from, count, read));
            expected.AddRange(rows.AsSpan((group * options.RowGroupRows) + from, count));
        }

        Assert.Equal(expected.Count, read.Rows);
        BatchRows.AssertEqual(batch, expected.ToArray(), read, 0);
    }

    [Fact]
    public void Values_that_overflow_a_dictionary_come_back()
    {
        using var batch = new ColumnBatch(
            new TableSchema("t", [new("code", ColumnType.Dictionary), new("number", ColumnType.Int64)])
        );
        for (var row = 0; row < TextDictionary.PlainLimit + 5000; row++)
        {
            batch.Dictionary("code").Set(row, System.Text.Encoding.UTF8.GetBytes($"value {row * 7919 % 70_001}"));
            // More numbers than a dictionary takes come only after the first page.
            batch.Int64("number").Set(row, row < 20_000 ? row % 3 * 1_000_003L : row * 31L);
            batch.AddRow();
        }

        int[] rows = [.. Enumerable.Range(0, batch.Rows)];
        using var read = ReadAll(Write(batch, rows, new ParquetOptions()), batch.Schema);
        BatchRows.AssertEqual(batch, rows, read, 0);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void Changed_and_missing_bytes_are_told_or_change_nothing(int seed)
    {
        var random = new Random(seed);
        using var batch = RandomBatch.Create(random, random.Next(200, 1500));
        int[] rows = [.. Enumerable.Range(0, batch.Rows)];
        var whole = Bytes(
            batch,
            rows,
            ParquetFiles.RandomOptions(random) with
            {
                RowGroupRows = 700,
                PageRows = random.Next(2) == 0 ? 150 : 1000,
            }
        );
        var statuses = new int[3];
        for (var round = 0; round < 600; round++)
        {
            var bytes = Damage(random, whole);
            using var read = new ColumnBatch(RandomBatch.Schema);
            var result = TryReadAll(ParquetFiles.Of(bytes), read);
            statuses[(int)result.Status]++;
            if (result.IsOk)
                BatchRows.AssertEqual(batch, rows, read, 0);
            else
                Assert.NotEmpty(result.Detail);
        }

        Assert.InRange(statuses[(int)ParquetReadStatus.Damaged], 100, 599);
    }

    [Fact]
    public void Damage_is_told_with_its_place()
    {
        using var batch = RandomBatch.Create(new Random(1), 3000);
        var bytes = Bytes(batch, [.. Enumerable.Range(0, 3000)], new ParquetOptions { RowGroupRows = 1000 });
        Assert.True(ParquetFooter.TryRead(ParquetFiles.Of(bytes), out var footer, out _));
        var chunk = footer.RowGroups[2].Chunks[1];
        bytes[chunk.StartOffset + chunk.SizeBytes - 5] ^= 1;
        using var read = new ColumnBatch(RandomBatch.Schema);
        var result = TryReadAll(ParquetFiles.Of(bytes), read);
        Assert.Equal(
            ParquetReadResult.Damaged("row group 2, column event_key, page 0: its checksum does not hold"),
            result
        );
    }

    [Fact]
    public void Columns_that_a_file_lacks_are_null()
    {
        var old = new TableSchema("t", [new("a", ColumnType.Int64, false)]);
        var now = new TableSchema("t", [new("new", ColumnType.Dictionary), new("a", ColumnType.Int64)]);
        using var batch = Numbers(old, 10);
        using var read = ReadAll(Write(batch, [.. Enumerable.Range(0, 10)], new ParquetOptions()), now);
        BatchRows.AssertEqual(batch, [.. Enumerable.Range(0, 10)], Only(read, "a"), 0);
        Assert.All(Enumerable.Range(0, 10), row => Assert.False(read["new"].IsValid(row)));
    }

    public static IEnumerable<TheoryDataRow<string>> OtherSchemas =>
        [new("no column a"), new("of another type"), new("required and lacked"), new("required and optional")];

    [Theory]
    [MemberData(nameof(OtherSchemas))]
    public void A_file_of_another_schema_is_of_another_layout(string kind)
    {
        using var batch = Numbers(new TableSchema("t", [new("a", ColumnType.Int64)]), 10);
        var file = Write(batch, [.. Enumerable.Range(0, 10)], new ParquetOptions());
        IReadOnlyList<ColumnDefinition> columns = kind switch
        {
            "no column a" => [new("b", ColumnType.Int64)],
            "of another type" => [new("a", ColumnType.Int32)],
            "required and lacked" => [new("a", ColumnType.Int64), new("b", ColumnType.Int64, false)],
            _ => [new("a", ColumnType.Int64, false)],
        };
        var result = ParquetBatchReader.Open(file, new TableSchema("t", columns), _scratch, out var reader);
        Assert.Equal(ParquetReadStatus.OtherLayout, result.Status);
        Assert.Null(reader);
    }

    [Fact]
    public void A_file_of_DuckDB_is_of_another_layout()
    {
        using var batch = Numbers(new TableSchema("t", [new("a", ColumnType.Int64)]), 10);
        string ours = Path.Combine(_folder, "ours.parquet"),
            theirs = Path.Combine(_folder, "theirs.parquet");
        ParquetFiles.Write(ours, batch, [.. Enumerable.Range(0, 10)], new ParquetOptions());
        using var connection = ReadBack.Database.Connect();
        connection.Execute($"COPY (FROM '{ours}') TO '{theirs}' (FORMAT parquet, PARQUET_VERSION V2)");
        var result = ParquetBatchReader.Open(ParquetFiles.Open(theirs), batch.Schema, _scratch, out _);
        Assert.Equal(ParquetReadStatus.OtherLayout, result.Status);
    }

    private static byte[] Damage(Random random, byte[] whole)
    {
        if (random.Next(10) == 0)
            return whole[..random.Next(whole.Length)];
        var bytes = (byte[])whole.Clone();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            // Half of it near the end, where the metadata is; a bit, or a byte.
            var at = random.Next(2) == 0 ? random.Next(bytes.Length) : bytes.Length - 1 - random.Next(5000);
            at = Math.Max(0, at);
            bytes[at] = random.Next(2) == 0 ? (byte)(bytes[at] ^ (1 << random.Next(8))) : (byte)random.Next(256);
        }

        return bytes;
    }

    private static int Count(Random random) =>
        random.Next(6) switch
        {
            0 => 1,
            1 => random.Next(1, 10),
            2 => random.Next(1, 1000),
            _ => random.Next(1, 30_000),
        };

    private static ColumnBatch Numbers(TableSchema schema, int rows)
    {
        var batch = new ColumnBatch(schema);
        for (var row = 0; row < rows; row++)
        {
            batch.Int64("a").Set(row, row * row);
            batch.AddRow();
        }

        return batch;
    }

    private static ColumnBatch Only(ColumnBatch read, string column)
    {
        var only = new ColumnBatch(new TableSchema("t", [read[column].Definition]));
        for (var row = 0; row < read.Rows; row++)
        {
            only.Int64(column).Set(row, ValueOf(read.Int64(column), row));
            only.AddRow();
        }

        return only;
    }

    private static unsafe long ValueOf(FixedColumn<long> column, int row) => column.Values[row];

    private static byte[] Bytes(ColumnBatch batch, ReadOnlySpan<int> rows, ParquetOptions options)
    {
        using var stream = new MemoryStream();
        ParquetFileWriter.Write(stream, batch, rows, options);
        return stream.ToArray();
    }

    private static RangeInput Write(ColumnBatch batch, ReadOnlySpan<int> rows, ParquetOptions options) =>
        ParquetFiles.Of(Bytes(batch, rows, options));

    private ParquetBatchReader Open(RangeInput file, TableSchema schema)
    {
        var result = ParquetBatchReader.Open(file, schema, _scratch, out var reader);
        Assert.Equal(ParquetReadResult.Ok, result);
        return reader!;
    }

    private ColumnBatch ReadAll(RangeInput file, TableSchema schema)
    {
        var batch = new ColumnBatch(schema);
        Assert.Equal(ParquetReadResult.Ok, TryReadAll(file, batch));
        return batch;
    }

    private ParquetReadResult TryReadAll(RangeInput file, ColumnBatch batch)
    {
        var result = ParquetBatchReader.Open(file, batch.Schema, _scratch, out var reader);
        for (var group = 0; result.IsOk && group < reader!.RowGroups.Count; group++)
            result = reader.Read(group, batch);
        return result;
    }
}
