using System.Diagnostics;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Events;

namespace AdvertiseX.Tests.Decoding.Avro;

public class AvroHostileTests
{
    private static readonly CompiledContract s_contract = AvroDecoding.Contract(
        """{"event_time":{"from":["t"]},"domain":{"from":["domain"]},"targeting":{"from":["targeting"]},"country":{"from":["geo.country"]}}"""
    );

    [Theory]
    [InlineData("\"null\"")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"F\",\"size\":0}")]
    [InlineData("{\"type\":\"record\",\"name\":\"E\",\"fields\":[]}")]
    public void Items_of_no_bytes_in_any_number_end_soon(string item)
    {
        var schema =
            $$$"""{"type":"record","name":"R","fields":[{"name":"x","type":{"type":"array","items":{{{item}}}}},{"name":"targeting","type":{"type":"array","items":{{{(item[0] == '{' ? "\"" + (item.Contains("\"F\"") ? "F" : "E") + "\"" : item)}}}}}]}""";
        var bomb = new AvroBytes().Long(1L << 40).Long(0).Long(1L << 40).Long(0).ToArray();
        Bounded(() =>
        {
            using var found = AvroDecoding.Decode(AvroBytes.File(schema, "null", (1, bomb)), s_contract);
            Assert.Empty(found.Rows);
            Assert.NotEmpty(found.Rejects);
        });
    }

    [Fact]
    public void Records_of_no_bytes_in_any_number_end_soon() =>
        Bounded(() =>
        {
            using var found = AvroDecoding.Decode(
                AvroBytes.File("""{"type":"record","name":"R","fields":[]}""", "null", (1L << 40, [])),
                s_contract
            );
            Assert.Equal(RejectReason.DamagedBlock, Assert.Single(found.Rejects).Reason);
            Assert.True(found.Rows.Count < 1_000_000);
        });

    [Theory]
    [InlineData(1L << 62, -1)]
    [InlineData(long.MinValue, 4)]
    [InlineData(-5, 1L << 40)]
    [InlineData(-5, -4)]
    [InlineData(1000, -1)]
    public void Counts_that_cannot_be_break_the_block(long count, long size)
    {
        const string schema =
            """{"type":"record","name":"R","fields":[{"name":"targeting","type":{"type":"map","values":"string"}}]}""";
        var bytes = new AvroBytes().Long(count);
        if (count < 0)
            bytes.Long(size);
        Bounded(() =>
        {
            using var found = AvroDecoding.Decode(
                AvroBytes.File(schema, "null", (1, bytes.Text("k").ToArray())),
                s_contract
            );
            Assert.Equal(RejectReason.DamagedBlock, Assert.Single(found.Rejects).Reason);
        });
    }

    [Fact]
    public void Small_bytes_that_stand_for_much_text_are_stopped()
    {
        var symbol = new string('S', 100_000);
        var schema =
            $$$$"""{"type":"record","name":"R","fields":[{"name":"targeting","type":{"type":"array","items":{"type":"enum","name":"E","symbols":["{{{{symbol}}}}"]}}}]}""";
        var one = new AvroBytes().Long(20_000).Raw(new byte[20_000]).Long(0).ToArray();
        Bounded(() =>
        {
            using var found = AvroDecoding.Decode(
                AvroBytes.File(schema, "null", (3, [.. one, .. one, .. one])),
                s_contract
            );
            Assert.Empty(found.Rows);
            Assert.NotEmpty(found.Rejects);
        });
    }

    [Fact]
    public void Schema_that_names_one_wide_record_everywhere_compiles_soon()
    {
        var fields = string.Join(
            ',',
            Enumerable.Range(0, 500).Select(i => $$"""{"name":"f{{i}}","type":["null","W"]}""")
        );
        var wide =
            $$$"""{"type":"record","name":"W","fields":[{{{fields}}},{"name":"geo","type":["null","W",{"type":"array","items":"W"}]}]}""";
        Bounded(() =>
        {
            using var found = AvroDecoding.Decode(AvroBytes.File(wide, "null", (1, new byte[501])), s_contract);
            Assert.Single(found.Rows);
        });
        Bounded(() => Assert.True(AvroDecoding.Schema(wide).FieldPaths(8).Count() <= 100_000));
    }

    [Fact]
    public void Schema_nested_without_end_is_refused() =>
        Bounded(() =>
        {
            var deep = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 100_000));
            Assert.False(AvroSchema.TryParse(System.Text.Encoding.UTF8.GetBytes(deep), out _, out _));
        });

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Random_bytes_under_random_schemas_never_escape(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 400; round++)
        {
            var names = 0;
            var schema = RandomSchema(random, 0, ref names);
            var data = new byte[random.Next(200)];
            random.NextBytes(data);
            for (var i = 0; i < data.Length; i++)
                data[i] = random.Next(3) == 0 ? data[i] : (byte)random.Next(8);
            var record =
                $$"""{"type":"record","name":"Top","fields":[{"name":"geo","type":{{schema}}},{"name":"domain","type":["null","string","Top"]}]}""";
            Bounded(() =>
            {
                using var found = AvroDecoding.Decode(
                    AvroBytes.File(record, "null", (random.Next(1, 20), data)),
                    s_contract
                );
                Assert.True(found.Rows.Count + found.Rejects.Count > 0);
            });
        }
    }

    private static string RandomSchema(Random random, int depth, ref int names)
    {
        string[] leaves =
        [
            "\"null\"",
            "\"boolean\"",
            "\"int\"",
            "\"long\"",
            "\"float\"",
            "\"double\"",
            "\"bytes\"",
            "\"string\"",
            "\"Top\"",
        ];
        switch (random.Next(depth > 3 ? 1 : 6))
        {
            case 1:
                return $$"""{"type":"array","items":{{RandomSchema(random, depth + 1, ref names)}}}""";
            case 2:
                return $$"""{"type":"map","values":{{RandomSchema(random, depth + 1, ref names)}}}""";
            case 3:
                var field = RandomSchema(random, depth + 1, ref names);
                var other = RandomSchema(random, depth + 1, ref names);
                return $$"""{"type":"record","name":"N{{names++}}","fields":[{"name":"country","type":{{field}}},{"name":"b","type":{{other}}}]}""";
            case 4:
                return $$"""{"type":"fixed","name":"N{{names++}}","size":{{random.Next(20)}},"logicalType":"decimal","precision":9,"scale":4}""";
            default:
                return leaves[random.Next(leaves.Length)];
        }
    }

    private static void Bounded(Action action)
    {
        var clock = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"took {clock.Elapsed}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 512L << 20, "allocated too much");
    }
}
