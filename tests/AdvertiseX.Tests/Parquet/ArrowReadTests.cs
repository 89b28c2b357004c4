using AdvertiseX.Columns;
using AdvertiseX.Parquet;
using ParquetSharp;
using Column = AdvertiseX.Columns.Column;
using ParquetFileWriter = AdvertiseX.Parquet.ParquetFileWriter;

namespace AdvertiseX.Tests.Parquet;

/// <summary>What Apache Arrow's reader (ParquetSharp) finds in our files: schema, values, nulls, statistics.</summary>
public sealed class ArrowReadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-arrow-").FullName;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(200, 16)];

    public void Dispose() => Directory.Delete(_folder, true);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_Arrow_reads_is_the_batch(int seed)
    {
        var random = new Random(seed);
        var count = random.Next(5) switch
        {
            0 => random.Next(1, 10),
            1 => random.Next(1, 1000),
            _ => random.Next(1, 12_000),
        };
        using var batch = RandomBatch.Create(random, count);
        var rows = RandomBatch.Order(random, count);
        if (rows.Length == 0)
            rows = [0];
        var options = new ParquetOptions
        {
            RowGroupRows = random.Next(2) == 0 ? random.Next(500, 5000) : 131_072,
            PageRows = random.Next(3) switch
            {
                0 => random.Next(100, 300),
                1 => 2048,
                _ => 16_384,
            },
            PageTextBytes = random.Next(2) == 0 ? 1 << 14 : 1 << 20,
            Compress = random.Next(4) > 0,
        };
        var path = Path.Combine(_folder, "a.parquet");
        ParquetFiles.Write(path, batch, rows, options);

        // Arrow checks the checksum of each page that it reads.
        using var file = new ParquetFileReader(path, Checking());
        var columns = batch.Columns.Where(c => !c.Definition.Partition).ToArray();
        AssertSchema(file.FileMetaData.Schema, columns);
        Assert.Equal(rows.Length, file.FileMetaData.NumRows);
        var at = 0;
        for (var g = 0; g < file.FileMetaData.NumRowGroups; g++)
        {
            using var group = file.RowGroup(g);
            var part = rows.AsSpan(at, checked((int)group.MetaData.NumRows));
            for (var c = 0; c < columns.Length; c++)
            {
                using var reader = group.Column(c);
                AssertValues(reader, columns[c], part);
                using var chunk = group.MetaData.GetColumnChunkMetaData(c);
                Assert.Equal(part.Length, chunk.NumValues);
                AssertStatistics(chunk, columns[c], part);
            }

            at += part.Length;
        }

        Assert.Equal(rows.Length, at);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public void A_flipped_byte_of_a_page_is_noticed_by_Arrow_and_its_column_is_named(int seed)
    {
        var random = new Random(seed);
        using var batch = RandomBatch.Create(random, 3000);
        var path = Path.Combine(_folder, "whole.parquet");
        ParquetFiles.Write(path, batch, [.. Enumerable.Range(0, 3000)], new() { RowGroupRows = 1000, PageRows = 400 });
        var whole = File.ReadAllBytes(path);
        Assert.True(ParquetFooter.TryRead(ParquetFiles.Open(path), out var footer, out _));
        Assert.Null(PageChecksums.FirstDamaged(ParquetFiles.Open(path), footer));
        for (var flip = 0; flip < 60; flip++)
        {
            var (group, column) = (random.Next(footer.RowGroups.Count), random.Next(footer.Columns.Count));
            var chunk = footer.RowGroups[group].Chunks[column];
            var damaged = whole.ToArray();
            // The last bytes of a chunk are values of its last page, unless all are null.
            damaged[Start(chunk) + chunk.SizeBytes - 1] ^= (byte)(1 << random.Next(8));
            var copy = Path.Combine(_folder, $"{flip}.parquet");
            File.WriteAllBytes(copy, damaged);
            var told = PageChecksums.FirstDamaged(ParquetFiles.Open(copy), footer);
            Assert.EndsWith(
                $" of column {footer.Columns[column]} in row group {group}",
                told,
                StringComparison.Ordinal
            );
            using var file = new ParquetFileReader(copy, Checking());
            using var rows = file.RowGroup(group);
            using var reader = rows.Column(column);
            Assert.ThrowsAny<Exception>(() => ReadAll(reader, (int)rows.MetaData.NumRows));
        }
    }

    private static long Start(ParquetChunk chunk) =>
        chunk.HasDictionary ? chunk.DictionaryPageOffset : chunk.DataPageOffset;

    private static ReaderProperties Checking()
    {
        var properties = ReaderProperties.GetDefaultReaderProperties();
        properties.EnablePageChecksumVerification();
        return properties;
    }

    private static void ReadAll(ColumnReader reader, int rows)
    {
        using var logical = reader.LogicalReader();
        logical.Apply(new Reading(rows));
    }

    private sealed class Reading(int rows) : ILogicalColumnReaderVisitor<bool>
    {
        public bool OnLogicalColumnReader<T>(LogicalColumnReader<T> reader) => reader.ReadAll(rows).Length == rows;
    }

    private static void AssertSchema(SchemaDescriptor schema, Column[] columns)
    {
        Assert.Equal(columns.Length, schema.NumColumns);
        for (var c = 0; c < columns.Length; c++)
        {
            var (found, definition) = (schema.Column(c), columns[c].Definition);
            Assert.Equal(definition.Name, found.Name);
            Assert.Equal(definition.Nullable ? 1 : 0, found.MaxDefinitionLevel);
            Assert.Equal(0, found.MaxRepetitionLevel);
            var expected = definition.Type switch
            {
                ColumnType.Int64 => (PhysicalType.Int64, LogicalTypeEnum.None),
                ColumnType.Int32 => (PhysicalType.Int32, LogicalTypeEnum.None),
                ColumnType.Boolean => (PhysicalType.Boolean, LogicalTypeEnum.None),
                ColumnType.Date => (PhysicalType.Int32, LogicalTypeEnum.Date),
                ColumnType.Timestamp => (PhysicalType.Int64, LogicalTypeEnum.Timestamp),
                ColumnType.Binary => (PhysicalType.ByteArray, LogicalTypeEnum.None),
                _ => (PhysicalType.ByteArray, LogicalTypeEnum.String),
            };
            using var logical = found.LogicalType;
            Assert.Equal(expected, (found.PhysicalType, logical.Type));
            if (logical is TimestampLogicalType time)
                Assert.Equal((true, TimeUnit.Micros), (time.IsAdjustedToUtc, time.TimeUnit));
        }
    }

    private static unsafe void AssertValues(ColumnReader reader, Column column, ReadOnlySpan<int> rows)
    {
        switch (column)
        {
            case FixedColumn<long> longs:
                Walk<long>(reader, column, rows, (row, found) => longs.Values[row] == found);
                break;
            case FixedColumn<int> ints:
                Walk<int>(reader, column, rows, (row, found) => ints.Values[row] == found);
                break;
            case FixedColumn<byte> flags:
                Walk<bool>(reader, column, rows, (row, found) => flags.Values[row] != 0 == found);
                break;
            case TextColumn text:
                Walk<ByteArray>(reader, column, rows, (row, found) => text.Get(row).SequenceEqual(Bytes(found)));
                break;
            default:
                Walk<ByteArray>(
                    reader,
                    column,
                    rows,
                    (row, found) => ((DictionaryColumn)column).Get(row).SequenceEqual(Bytes(found))
                );
                break;
        }
    }

    private static unsafe ReadOnlySpan<byte> Bytes(ByteArray value) => new((void*)value.Pointer, value.Length);

    private static void Walk<T>(ColumnReader untyped, Column column, ReadOnlySpan<int> rows, Func<int, T, bool> same)
        where T : unmanaged
    {
        var reader = (ColumnReader<T>)untyped;
        // Small enough that what is read of texts stays valid until it is compared.
        var (levels, values) = (new short[500], new T[500]);
        var at = 0;
        while (reader.HasNext)
        {
            var read = (int)reader.ReadBatch(values.Length, levels, [], values, out var valid);
            if (!column.Definition.Nullable)
                read = (int)valid;
            var next = 0;
            for (var i = 0; i < read; i++, at++)
            {
                var isSet = !column.Definition.Nullable || levels[i] == 1;
                if (isSet != column.IsValid(rows[at]) || (isSet && !same(rows[at], values[next])))
                    Assert.Fail($"{column.Definition.Name} differs in row {at} of its group, {rows[at]} of the batch");
                if (isSet)
                    next++;
            }

            Assert.Equal(valid, next);
        }

        Assert.Equal(rows.Length, at);
    }

    private static void AssertStatistics(ColumnChunkMetaData chunk, Column column, ReadOnlySpan<int> rows)
    {
        var definition = column.Definition;
        var set = rows.ToArray().Where(column.IsValid).ToArray();
        using var statistics = chunk.Statistics;
        Assert.NotNull(statistics);
        Assert.Equal(rows.Length - set.Length, statistics.NullCount);
        if (definition.FromUser || definition.Random || definition.Type == ColumnType.Binary || set.Length == 0)
        {
            Assert.False(statistics.HasMinMax, $"{definition.Name} has bounds");
            return;
        }

        Assert.True(statistics.HasMinMax, $"{definition.Name} has no bounds");
        switch (statistics)
        {
            case Statistics<long> found:
                var longs = set.Select(row => Value<long>(column, row)).ToArray();
                Assert.Equal((longs.Min(), longs.Max()), (found.Min, found.Max));
                break;
            case Statistics<int> found:
                var ints = set.Select(row => Value<int>(column, row)).ToArray();
                Assert.Equal((ints.Min(), ints.Max()), (found.Min, found.Max));
                break;
            case Statistics<bool> found:
                var flags = set.Select(row => Value<byte>(column, row) != 0).ToArray();
                Assert.Equal((flags.Min(), flags.Max()), (found.Min, found.Max));
                break;
            case Statistics<ByteArray> found:
                foreach (var row in set)
                {
                    var text = column is TextColumn texts ? texts.Get(row) : ((DictionaryColumn)column).Get(row);
                    Assert.True(
                        Bytes(found.Min).SequenceCompareTo(text) <= 0 && Bytes(found.Max).SequenceCompareTo(text) >= 0,
                        definition.Name
                    );
                }

                break;
            default:
                Assert.Fail($"{definition.Name} has statistics of {statistics.PhysicalType}");
                break;
        }
    }

    private static unsafe T Value<T>(Column column, int row)
        where T : unmanaged => ((FixedColumn<T>)column).Values[row];
}
