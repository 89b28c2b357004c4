using AdvertiseX.Columns;
using AdvertiseX.DuckDb;
using AdvertiseX.Parquet;

namespace AdvertiseX.Tests.Parquet;

public sealed class ParquetFooterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-footer-").FullName;

    [Fact]
    public void A_file_of_ours_tells_rows_row_groups_and_columns()
    {
        var path = Write(seed: 3, count: 25_000, out var batch, out var rows);
        Assert.True(ParquetFooter.TryRead(ParquetFiles.Open(path), out var footer, out _));
        Assert.Equal(rows.Length, footer.Rows);
        Assert.Equal([10_000, 10_000, 5_000], footer.RowGroups.Select(g => g.Rows));
        Assert.Equal(RandomBatch.Schema.Columns.Where(c => !c.Partition).Select(c => c.Name), footer.Columns);
        Assert.StartsWith("AdvertiseX version ", footer.CreatedBy);
        Assert.InRange(footer.RowGroups.Sum(g => g.SizeBytes), 1, new FileInfo(path).Length);
        batch.Dispose();
    }

    [Fact]
    public void A_file_of_DuckDB_tells_nested_columns_by_their_path()
    {
        var path = Path.Combine(_folder, "nested.parquet");
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        connection.Execute(
            $"COPY (SELECT i, [i] AS l, {{'a': i, 'b': 'x'}} AS s FROM range(10) t(i)) TO '{path}' (FORMAT parquet)"
        );
        Assert.True(ParquetFooter.TryRead(ParquetFiles.Open(path), out var footer, out _));
        Assert.Equal(10, footer.Rows);
        Assert.Equal(["i", "l.list.element", "s.a", "s.b"], footer.Columns);
    }

    [Fact]
    public void Every_cut_of_a_file_is_a_fault_and_no_exception()
    {
        var path = Write(seed: 6, count: 300, out var batch, out _);
        batch.Dispose();
        var whole = File.ReadAllBytes(path);
        var cut = Path.Combine(_folder, "cut");
        for (var length = 0; length < whole.Length; length += 1 + (whole.Length / 400))
        {
            File.WriteAllBytes(cut, whole[..length]);
            Assert.False(ParquetFooter.TryRead(ParquetFiles.Open(cut), out _, out var fault));
            Assert.NotEmpty(fault);
        }
    }

    [Fact]
    public void Changed_bytes_of_the_metadata_are_a_fault_or_read_as_something_else()
    {
        var path = Write(seed: 7, count: 300, out var batch, out _);
        batch.Dispose();
        var whole = File.ReadAllBytes(path);
        var metadata = BitConverter.ToInt32(whole, whole.Length - 8);
        var random = new Random(1);
        var changed = Path.Combine(_folder, "changed");
        var faults = 0;
        for (var i = 0; i < 3000; i++)
        {
            var bytes = (byte[])whole.Clone();
            for (var n = random.Next(1, 4); n > 0; n--)
                bytes[bytes.Length - 8 - random.Next(1, metadata)] = (byte)random.Next(256);
            File.WriteAllBytes(changed, bytes);
            if (!ParquetFooter.TryRead(ParquetFiles.Open(changed), out _, out _))
                faults++;
        }

        Assert.InRange(faults, 100, 2999);
    }

    [Fact]
    public void Nesting_and_empty_elements_without_end_are_refused()
    {
        var path = Path.Combine(_folder, "deep");
        foreach (var metadata in new[] { Repeated(0x1C, 100_000), Repeated(0x19, 100_000), ManySchemaElements() })
        {
            File.WriteAllBytes(
                path,
                [.. "PAR1"u8, .. metadata, .. BitConverter.GetBytes(metadata.Length), .. "PAR1"u8]
            );
            Assert.False(ParquetFooter.TryRead(ParquetFiles.Open(path), out _, out var fault));
            Assert.NotEmpty(fault);
        }
    }

    public void Dispose() => Directory.Delete(_folder, true);

    private static byte[] Repeated(byte value, int count) => [.. Enumerable.Repeat(value, count)];

    /// <summary>A list of a million structs of no field.</summary>
    private static byte[] ManySchemaElements() => [0x29, 0xFC, 0xC0, 0x84, 0x3D, .. new byte[1_000_001]];

    private string Write(int seed, int count, out ColumnBatch batch, out int[] rows, int pageRows = 16_384)
    {
        var random = new Random(seed);
        batch = RandomBatch.Create(random, count);
        rows = [.. Enumerable.Range(0, count)];
        random.Shuffle(rows);
        var path = Path.Combine(_folder, $"{seed}-{pageRows}.parquet");
        ParquetFiles.Write(path, batch, rows, new ParquetOptions { RowGroupRows = 10_000, PageRows = pageRows });
        return path;
    }
}
