using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Parquet;

namespace AdvertiseX.Tests.Parquet;

public sealed class ParquetRowReaderTests : IDisposable
{
    private static readonly TableSchema Schema = new(
        "t",
        [
            new("id", ColumnType.Text, false),
            new("other", ColumnType.Int64),
            new("hash", ColumnType.Int32, false) { Random = true },
        ]
    );

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adx-rows-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1, 1, true, 97)]
    [InlineData(2, 200, true, 97)]
    [InlineData(3, 5_000, false, 97)]
    [InlineData(4, 40_000, true, 97)]
    [InlineData(5, 40_000, false, 97)]
    [InlineData(6, 40_000, true, 5_000)]
    [InlineData(7, 40_000, true, 1)]
    public void Single_rows_are_those_that_were_written(int seed, int rows, bool compress, int oneIn)
    {
        var random = new Random(seed);
        using var batch = Batch(random, rows, seed);
        var path = Write(
            batch,
            new ParquetOptions
            {
                RowGroupRows = 8192,
                PageRows = 1024,
                Compress = compress,
            }
        );
        long[] wanted =
        [
            .. Enumerable
                .Range(0, rows)
                .Where(_ => random.Next(oneIn) == 0)
                .Append(rows - 1)
                .Distinct()
                .Select(row => (long)row),
        ];

        var found = new List<(long Row, string Id, int Hash)>();
        Assert.True(
            ParquetRowReader.TryRead(
                ParquetFiles.Open(path),
                wanted,
                "id",
                "hash",
                (row, id, hash) => found.Add((row, Encoding.UTF8.GetString(id), hash))
            )
        );

        Assert.Equal(
            wanted.Select(row =>
                (row, Encoding.UTF8.GetString(batch.Text("id").Get((int)row)), HashAt(batch, (int)row))
            ),
            found
        );
    }

    [Theory]
    [InlineData("id", "other")]
    [InlineData("hash", "hash")]
    [InlineData("no such", "hash")]
    public void Another_layout_is_told(string text, string number)
    {
        using var batch = Batch(new Random(1), 100, 1);
        var path = Write(batch, new ParquetOptions());
        Assert.False(
            ParquetRowReader.TryRead(
                ParquetFiles.Open(path),
                [5],
                text,
                number,
                (_, _, _) => Assert.Fail("nothing is handed over")
            )
        );
    }

    [Fact]
    public void A_row_beyond_the_file_is_told()
    {
        using var batch = Batch(new Random(1), 100, 1);
        var path = Write(batch, new ParquetOptions());
        Assert.False(
            ParquetRowReader.TryRead(
                ParquetFiles.Open(path),
                [5, 100],
                "id",
                "hash",
                (_, _, _) => Assert.Fail("nothing is handed over")
            )
        );
    }

    [Fact]
    public void Rows_that_do_not_ascend_are_refused()
    {
        using var batch = Batch(new Random(1), 100, 1);
        var path = Write(batch, new ParquetOptions { PageRows = 10 });
        Assert.Throws<ArgumentException>(() =>
            ParquetRowReader.TryRead(ParquetFiles.Open(path), [5, 4], "id", "hash", (_, _, _) => { })
        );
    }

    [Fact]
    public void Damage_is_told_or_gives_the_values_that_were_written()
    {
        var random = new Random(9);
        using var batch = Batch(random, 3000, 9);
        var whole = File.ReadAllBytes(Write(batch, new ParquetOptions { PageRows = 512 }));
        var path = Path.Combine(_folder.FullName, "damaged.parquet");
        for (var round = 0; round < 300; round++)
        {
            var damaged = (byte[])whole.Clone();
            for (var i = random.Next(1, 6); i > 0; i--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, damaged);
            ParquetRowReader.TryRead(
                ParquetFiles.Open(path),
                [3, 700, 2999],
                "id",
                "hash",
                (row, id, hash) =>
                {
                    Assert.True(id.SequenceEqual(batch.Text("id").Get((int)row)));
                    Assert.Equal(HashAt(batch, (int)row), hash);
                }
            );
        }
    }

    private string Write(ColumnBatch batch, ParquetOptions options)
    {
        var path = Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N") + ".parquet");
        ParquetFiles.Write(path, batch, Enumerable.Range(0, batch.Rows).ToArray(), options);
        return path;
    }

    private static unsafe int HashAt(ColumnBatch batch, int row) => batch.Int32("hash").Values[row];

    private static ColumnBatch Batch(Random random, int rows, int seed)
    {
        var batch = new ColumnBatch(Schema);
        for (var row = 0; row < rows; row++)
        {
            var id =
                seed % 2 == 0 ? $"id-{row:x}" : new string((char)('a' + random.Next(26)), random.Next(1, 90)) + row;
            batch.Text("id").Set(row, Encoding.UTF8.GetBytes(id));
            batch.Int32("hash").Set(row, random.Next(int.MinValue, int.MaxValue));
            if (random.Next(2) == 0)
                batch.Int64("other").Set(row, random.NextInt64());
            batch.AddRow();
        }

        return batch;
    }
}
