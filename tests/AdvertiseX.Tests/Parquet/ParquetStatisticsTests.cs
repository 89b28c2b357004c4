using System.Text;
using System.Text.Json;
using AdvertiseX.Columns;
using AdvertiseX.DuckDb;
using AdvertiseX.Parquet;

namespace AdvertiseX.Tests.Parquet;

public sealed class ParquetStatisticsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-stats-").FullName;

    public static IEnumerable<TheoryDataRow<int>> Some => Seeds.From(100, 12, fast: 3);

    [Theory]
    [MemberData(nameof(Some))]
    public void Bounds_of_every_row_group_hold_in_DuckDB(int seed)
    {
        var random = new Random(seed);
        using var batch = RandomBatch.Create(random, 9000);
        var path = Path.Combine(_folder, "a.parquet");
        ParquetFiles.Write(path, batch, RandomBatch.Order(random, 9000), new ParquetOptions { RowGroupRows = 2500 });
        using var connection = ReadBack.Database.Connect();
        connection.Execute($"CREATE TEMP TABLE t AS SELECT * FROM read_parquet('{path}', file_row_number = true)");
        using var metadata = connection.Query(
            $"SELECT row_group_id, path_in_schema, stats_min_value, stats_max_value, stats_null_count, row_group_num_rows, type "
                + $"FROM parquet_metadata('{path}')"
        );
        var rows = metadata.Rows();
        using var checking = ReadBack.Database.Connect();
        checking.Execute($"CREATE TEMP TABLE t AS SELECT * FROM read_parquet('{path}', file_row_number = true)");
        while (rows.Read())
        {
            var definition = RandomBatch.Schema.Columns[RandomBatch.Schema.Ordinal(rows.GetString(1))];
            var column = definition.Name;
            var group = rows.GetInt64(0);
            var where = $"file_row_number // 2500 = {group}";
            Assert.Equal(Count(checking, $"{where} AND {column} IS NULL"), rows.GetInt64(4));
            var bounded =
                !definition.FromUser
                && !definition.Random
                && definition.Type != ColumnType.Binary
                && Count(checking, $"{where} AND {column} IS NOT NULL") > 0;
            Assert.Equal(!bounded, rows.IsNull(2));
            if (!bounded)
                continue;
            string low = Literal(rows.GetString(2)),
                high = rows.IsNull(3) ? "NULL" : Literal(rows.GetString(3));
            Assert.Equal(0, Count(checking, $"{where} AND ({column} < {low} OR {column} > {high})"));
            if (definition.Type is ColumnType.Text or ColumnType.Dictionary)
                continue;
            Assert.True(Count(checking, $"{where} AND {column} = {low}") > 0, $"{column}: the smallest is no value");
            Assert.True(Count(checking, $"{where} AND {column} = {high}") > 0, $"{column}: the largest is no value");
        }
    }

    [Theory]
    [MemberData(nameof(Some))]
    public void Delta_statistics_bound_every_value_and_count_every_null(int seed)
    {
        var random = new Random(seed);
        using var batch = RandomBatch.Create(random, 5000);
        var order = RandomBatch.Order(random, 5000);
        var info = ParquetFileWriter.Write(
            new MemoryStream(),
            batch,
            order,
            new ParquetOptions { RowGroupRows = 1500 }
        );
        using var json = JsonDocument.Parse(info.StatsJson);
        var stats = json.RootElement;
        Assert.Equal(order.Length, stats.GetProperty("numRecords").GetInt64());
        foreach (var column in batch.Columns)
        {
            var definition = column.Definition;
            var nulls = stats.GetProperty("nullCount");
            var told = !definition.FromUser && !definition.Partition;
            Assert.Equal(told, nulls.TryGetProperty(definition.Name, out var nullCount));
            if (told)
                Assert.Equal(order.Count(r => !column.IsValid(r)), nullCount.GetInt32());
            AssertBounded(stats, column, order);
        }
    }

    [Fact]
    public void Nothing_of_a_person_is_in_the_statistics()
    {
        using var batch = new ColumnBatch(RandomBatch.Schema);
        batch.Int64("row").Set(0, 1);
        batch.Int64("event_key").Set(0, 123_456_789_123);
        batch.Int64("key_or_null").Set(0, 987_654_321);
        batch.Int32("hash").Set(0, 77_777);
        batch.Text("text_of_user").Set(0, "someone"u8);
        batch.Dictionary("code_of_user").Set(0, "somebody"u8);
        batch.AddRow();
        var stats = ParquetFileWriter.Write(new MemoryStream(), batch, [0], new ParquetOptions()).StatsJson;
        Assert.All(
            [
                "123456789123",
                "987654321",
                "77777",
                "someone",
                "somebody",
                "text_of_user",
                "code_of_user",
                "key_or_null",
            ],
            secret => Assert.DoesNotContain(secret, stats)
        );
        Assert.Contains("\"minValues\":{\"row\":1}", stats);
    }

    [Theory]
    [InlineData("2024-03-01T00:00:00.000000Z", 1_709_251_200_000_000)]
    [InlineData("2024-03-01T00:00:00.123457Z", 1_709_251_200_123_457)]
    [InlineData("0001-01-01T00:00:00.000000Z", -62_135_596_800_000_000)]
    [InlineData("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999)]
    [InlineData(null, 253_402_300_800_000_000)]
    [InlineData(null, long.MinValue)]
    public void Times_are_written_to_the_microsecond(string? text, long micros) =>
        Assert.Equal(text, DeltaStatistics.Timestamp(micros));

    [Fact]
    public void A_cut_off_bound_still_bounds()
    {
        foreach (
            var tail in new[] { "a", "\u007f", "\u07ff", "\ud7ff", "\uffff", "\U0010ffff", "\U0010ffff\U0010ffff" }
        )
        {
            for (var before = 20; before < 60; before++)
            {
                var value = Encoding.UTF8.GetBytes(
                    new string('m', before) + string.Concat(Enumerable.Repeat(tail, 30))
                );
                var lower = TextBound.Lower(value);
                var upper = TextBound.Upper(value)!;
                Assert.True(lower.Bytes.AsSpan().SequenceCompareTo(value) <= 0);
                Assert.True(upper.Bytes.AsSpan().SequenceCompareTo(value) >= 0);
                Assert.NotNull(lower.ToText());
                Assert.NotNull(upper.ToText());
                Assert.InRange(upper.Bytes.Length, 1, TextBound.MaxBytes + 1);
            }
        }

        Assert.Null(TextBound.Upper(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("\U0010ffff", 30)))));
        Assert.Null(TextBound.Upper([.. Enumerable.Repeat((byte)0xFF, 100)]));
    }

    [Fact]
    public void Row_groups_that_cannot_match_are_not_read()
    {
        using var batch = new ColumnBatch(RandomBatch.Schema);
        batch.Reserve(50_001);
        for (var i = 0; i < 50_000; i++)
        {
            batch.Int64("row").Set(i, i);
            batch.Int64("event_key").Set(i, i);
            batch.Int32("hash").Set(i, i);
            batch.Dictionary("code_a").Set(i, Encoding.ASCII.GetBytes($"campaign-{i / 10_000}"));
            batch.AddRow();
        }

        var path = Path.Combine(_folder, "b.parquet");
        int[] rows = [.. Enumerable.Range(0, 50_000)];
        ParquetFiles.Write(path, batch, rows, new ParquetOptions { RowGroupRows = 10_000 });
        using var connection = ReadBack.Database.Connect();
        using var plan = connection.Query(
            $"EXPLAIN ANALYZE SELECT sum(hash) FROM '{path}' WHERE code_a = 'campaign-3' AND row >= 0"
        );
        var text = plan.Rows();
        Assert.True(text.Read());
        Assert.Contains("10,000", text.GetString(1));
        Assert.DoesNotContain("50,000", text.GetString(1));
    }

    public void Dispose()
    {
        Directory.Delete(_folder, true);
    }

    private static string Literal(string value) => $"'{value.Replace("'", "''")}'";

    private static long Count(DuckDbConnection connection, string where)
    {
        using var result = connection.Query($"SELECT count(*) FROM t WHERE {where}");
        var rows = result.Rows();
        Assert.True(rows.Read());
        return rows.GetInt64(0);
    }

    private static unsafe void AssertBounded(JsonElement stats, Column column, int[] order)
    {
        var definition = column.Definition;
        var any = order.Any(column.IsValid);
        var bounded =
            any
            && !definition.FromUser
            && !definition.Random
            && !definition.Partition
            && definition.Type is not (ColumnType.Boolean or ColumnType.Binary);
        Assert.Equal(bounded, stats.GetProperty("minValues").TryGetProperty(definition.Name, out var low));
        var hasMax = stats.GetProperty("maxValues").TryGetProperty(definition.Name, out var high);
        if (!bounded)
        {
            Assert.False(hasMax);
            return;
        }

        foreach (var row in order.Where(column.IsValid))
        {
            var value = column switch
            {
                TextColumn text => text.Get(row),
                DictionaryColumn coded => coded.Get(row),
                _ => default,
            };
            if (!value.IsEmpty)
            {
                Assert.True(Encoding.UTF8.GetBytes(low.GetString()!).AsSpan().SequenceCompareTo(value) <= 0);
                Assert.True(
                    !hasMax || Encoding.UTF8.GetBytes(high.GetString()!).AsSpan().SequenceCompareTo(value) >= 0
                );
                continue;
            }

            var number = column is FixedColumn<long> longs ? longs.Values[row] : ((FixedColumn<int>)column).Values[row];
            Assert.InRange(number, Number(low, definition.Type), Number(high, definition.Type));
        }
    }

    private static long Number(JsonElement bound, ColumnType type) =>
        type switch
        {
            ColumnType.Timestamp => (bound.GetDateTimeOffset() - DateTimeOffset.UnixEpoch).Ticks / 10,
            ColumnType.Date => (DateOnly.Parse(bound.GetString()!).DayNumber - new DateOnly(1970, 1, 1).DayNumber),
            _ => bound.GetInt64(),
        };
}
