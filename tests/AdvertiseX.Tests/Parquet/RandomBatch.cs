using System.Text;
using AdvertiseX.Columns;

namespace AdvertiseX.Tests.Parquet;

/// <summary>Batches of every column type with every habit of nulls and values, the same for the same seed.</summary>
internal static class RandomBatch
{
    /// <summary>Years that DuckDB's and Delta's calendars share, in microseconds.</summary>
    private const long MaxMicros = 250_000_000_000_000_000;

    public static readonly TableSchema Schema = new(
        "random",
        [
            new("row", ColumnType.Int64, false),
            new("event_key", ColumnType.Int64, false) { Random = true },
            new("key_or_null", ColumnType.Int64) { Random = true, FromUser = true },
            new("hash", ColumnType.Int32, false) { Random = true },
            new("long_a", ColumnType.Int64),
            new("long_b", ColumnType.Int64),
            new("int_a", ColumnType.Int32),
            new("int_b", ColumnType.Int32),
            new("time_a", ColumnType.Timestamp),
            new("time_b", ColumnType.Timestamp),
            new("day", ColumnType.Date),
            new("in_folder", ColumnType.Date) { Partition = true },
            new("flag_a", ColumnType.Boolean),
            new("flag_b", ColumnType.Boolean),
            new("text_a", ColumnType.Text),
            new("text_b", ColumnType.Text),
            new("text_of_user", ColumnType.Text) { FromUser = true },
            new("bytes", ColumnType.Binary),
            new("code_a", ColumnType.Dictionary),
            new("code_b", ColumnType.Dictionary),
            new("code_of_user", ColumnType.Dictionary) { FromUser = true },
            new("unset_text", ColumnType.Text),
            new("unset_code", ColumnType.Dictionary),
            new("unset_long", ColumnType.Int64),
            new("unset_flag", ColumnType.Boolean),
        ]
    );

    public static ColumnBatch Create(Random random, int rows) => Create(Schema, random, rows);

    public static ColumnBatch Create(TableSchema schema, Random random, int rows)
    {
        var batch = new ColumnBatch(schema);
        batch.Reserve(rows + 1);
        foreach (var column in batch.Columns)
        {
            if (!column.Definition.Name.StartsWith("unset", StringComparison.Ordinal))
                Fill(column, random, rows);
        }

        for (var i = 0; i < rows; i++)
            batch.AddRow();
        return batch;
    }

    /// <summary>Rows in one of several orders, some of them left out or taken twice.</summary>
    public static int[] Order(Random random, int rows)
    {
        var order = Enumerable.Range(0, rows).ToArray();
        switch (random.Next(4))
        {
            case 0:
                break;
            case 1:
                random.Shuffle(order);
                break;
            case 2:
                Array.Reverse(order);
                break;
            default:
                order = [.. Enumerable.Range(0, random.Next(rows + 1)).Select(_ => random.Next(rows))];
                break;
        }

        return order;
    }

    private static void Fill(Column column, Random random, int rows)
    {
        var nulls = !column.Definition.Nullable
            ? 0
            : random.Next(5) switch
            {
                0 => 0,
                1 => 1,
                2 => 0.001,
                3 => 0.98,
                _ => 0.4,
            };
        var inRuns = random.Next(2) == 0;
        var set = Setter(column, random);
        var valid = true;
        for (var row = 0; row < rows; row++)
        {
            if (!inRuns || row % 100 == 0)
                valid = random.NextDouble() >= nulls;
            if (valid)
                set(row);
        }
    }

    private static Action<int> Setter(Column column, Random random)
    {
        if (column.Definition.Name == "row")
            return row => ((FixedColumn<long>)column).Set(row, row);
        switch (column)
        {
            case FixedColumn<long> longs:
                var next = column.Definition.Type == ColumnType.Timestamp ? Times(random) : Longs(random);
                return row => longs.Set(row, next(row));
            case FixedColumn<int> ints when column.Definition.Type == ColumnType.Date:
                return row => ints.Set(row, random.Next(-700_000, 2_900_000));
            case FixedColumn<int> ints:
                var nextInt = Longs(random);
                return row => ints.Set(row, (int)nextInt(row));
            case FixedColumn<byte> flags:
                var chance = random.Next(4);
                return row => flags.Set(row, random.Next(3) < chance ? (byte)1 : (byte)0);
            case TextColumn text:
                var nextText = Texts(random, text.Definition.Type == ColumnType.Binary);
                return row => text.Set(row, nextText(row));
            case DictionaryColumn coded:
                var pool = Pool(random, Texts(random, false));
                return row => coded.Set(row, pool[random.Next(random.Next(pool.Length) + 1)]);
            default:
                throw new NotSupportedException();
        }
    }

    private static Func<int, long> Longs(Random random)
    {
        var from = random.NextInt64(long.MinValue, long.MaxValue);
        var few = random.Next(1, 6000);
        return random.Next(7) switch
        {
            0 => _ => random.NextInt64(long.MinValue, long.MaxValue),
            1 => _ =>
                random.Next(4) switch
                {
                    0 => long.MinValue,
                    1 => long.MaxValue,
                    2 => 0,
                    _ => -1,
                },
            2 => _ => from,
            3 => row => unchecked(from + (row * 37L) + random.Next(100)),
            4 => row => unchecked(from + (random.Next(few) * 1_000_003L)),
            5 => row => row % 9000 == 8999 ? long.MaxValue : random.Next(10),
            _ => row => row < 3000 ? row % 5 : random.Next(),
        };
    }

    private static Func<int, long> Times(Random random)
    {
        var from = random.NextInt64(0, 2_000_000_000_000_000);
        return random.Next(3) switch
        {
            0 => _ => random.NextInt64(-MaxMicros / 5, MaxMicros),
            1 => _ => from,
            _ => row => from + (row * 1_000_000L) + random.Next(1_000_000),
        };
    }

    private static Func<int, byte[]> Texts(Random random, bool binary)
    {
        var prefix = random.Next(2) == 0 ? "" : "prefix-of-all/";
        var kind = random.Next(5);
        return row =>
            kind switch
            {
                0 => Encoding.UTF8.GetBytes(prefix + Guid.NewGuid(random)),
                1 => Encoding.UTF8.GetBytes(prefix + row),
                2 when binary => Bytes(random, 1 + random.Next(40)),
                2 => Encoding.UTF8.GetBytes(
                    string.Concat(Enumerable.Range(0, 1 + random.Next(60)).Select(_ => Character(random)))
                ),
                3 when row % 1000 == 7 => Encoding.UTF8.GetBytes(
                    new string('x', 1 + random.Next(random.Next(200_000)))
                ),
                3 => "\u00e9t\u00e9"u8.ToArray(),
                _ => [(byte)random.Next(1, 128)],
            };
    }

    private static byte[][] Pool(Random random, Func<int, byte[]> next)
    {
        var size = random.Next(6) switch
        {
            0 => 1,
            1 => 2,
            2 => 17,
            3 => 300,
            4 => 5000,
            _ => 80_000,
        };
        var pool = new byte[size][];
        for (var i = 0; i < size; i++)
            pool[i] = next(i + 10_000);
        return pool;
    }

    private static string Character(Random random) =>
        random.Next(5) switch
        {
            0 => char.ConvertFromUtf32(0x10FFFF - random.Next(3)),
            1 => char.ConvertFromUtf32(0xD7FF),
            2 => "\u007f",
            3 => "\u0001",
            _ => "z",
        };

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    extension(Guid)
    {
        private static Guid NewGuid(Random random) => new(Bytes(random, 16));
    }
}
