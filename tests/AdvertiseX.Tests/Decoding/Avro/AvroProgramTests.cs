using AdvertiseX.Contracts;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Generation;

namespace AdvertiseX.Tests.Decoding.Avro;

/// <summary>The compiled program against the plain walk, its twin.</summary>
public class AvroProgramTests
{
    private const string Fields = """
        {"event_time":{"from":["t"]},"domain":{"from":["domain","y"]},"targeting":{"from":["targeting"]},"country":{"from":["geo.country"]},
         "city":{"from":["geo.city","city"]},"device_type":{"from":["device","device.x"]},"bid_cpm_micros":{"from":["price","imp.price"]}}
        """;

    private static readonly CompiledContract s_contract = AvroDecoding.Contract(Fields);
    private static readonly CompiledContract s_exploding = AvroDecoding.Contract(Fields, "imp");

    [Theory]
    [InlineData(21)]
    [InlineData(22, Explicit = true)]
    [InlineData(23, Explicit = true)]
    public void Any_data_of_any_schema_gives_the_same(int seed)
    {
        var random = new Random(seed);
        int rows = 0,
            rejects = 0;
        for (var round = 0; round < 300; round++)
        {
            var names = 0;
            var type = RandomAvroType.Record(random, 0, ref names);
            // Now and then read by a schema that does not quite fit.
            names = 0;
            var reader =
                random.Next(4) == 0
                    ? AvroDecoding.Schema(RandomAvroType.Record(new Random(random.Next()), 0, ref names).Schema)
                    : null;
            var blocks = new (long, byte[])[3];
            for (var i = 0; i < blocks.Length; i++)
            {
                var count = random.Next(1, 12);
                var data = new AvroBytes();
                for (var row = 0; row < count; row++)
                    type.Write(random, data);
                var bytes = data.ToArray();
                if (i == 2 && bytes.Length > 0)
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                blocks[i] = (count, random.Next(10) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes);
            }

            var (r, j) = AssertSame(
                AvroBytes.File(type.Schema, "null", blocks),
                random.Next(2) == 0 ? s_contract : s_exploding,
                reader
            );
            rows += r;
            rejects += j;
        }

        Assert.True(rows > 1000 && rejects > 100, $"{rows} rows and {rejects} rejects are too few to tell");
    }

    [Fact]
    public async Task Generated_bid_requests_are_the_same()
    {
        var folder = Directory.CreateTempSubdirectory("adx-avro").FullName;
        try
        {
            await FeedGenerator.GenerateAsync(
                new GeneratorOptions { OutputDirectory = folder, Impressions = 3000 },
                cancellationToken: TestContext.Current.CancellationToken
            );
            foreach (var file in Directory.GetFiles(Path.Combine(folder, "bid_requests")))
            {
                var (rows, _) = AssertSame(
                    await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken),
                    ContractFile.ShippedFor(Feed.BidRequests),
                    null
                );
                Assert.True(rows > 0);
            }
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public void Good_records_do_not_need_the_plain_walk()
    {
        const string schema = """
            {"type":"record","name":"R","fields":[{"name":"domain","type":["null","string"]},{"name":"price","type":["double","null"]},
             {"name":"targeting","type":{"type":"map","values":["null","string","long"]}},{"name":"geo","type":{"type":"record","name":"G","fields":[{"name":"country","type":"string"}]}}]}
            """;
        var slots = new AvroSlotDecoder(
            AvroSlotPlan.Compile(AvroResolver.Resolve(AvroDecoding.Schema(schema), null), s_contract)
        );
        Assert.Equal(
            [AvroOpCode.Enter, AvroOpCode.Text, AvroOpCode.Double, AvroOpCode.Json, AvroOpCode.Enter, AvroOpCode.Text],
            slots.Program.Select(op => op.Code)
        );
    }

    private static (int Rows, int Rejects) AssertSame(byte[] file, CompiledContract contract, AvroSchema? reader)
    {
        var options = new FramerOptions { MaxRecordBytes = 4096 };
        using var plain = AvroDecoding.Decode(file, contract, options, reader, fast: false);
        using var fast = AvroDecoding.Decode(file, contract, options, reader);
        Assert.Equal(plain.Rows, fast.Rows);
        Assert.Equal(plain.Places, fast.Places);
        Assert.Equal(plain.Rejects, fast.Rejects);
        var (expected, counts) = (new Dictionary<string, long>(), new Dictionary<string, long>());
        plain.Record.TakeUnmappedCounts(expected);
        fast.Record.TakeUnmappedCounts(counts);
        Assert.Equal(expected, counts);
        return (fast.Rows.Count, fast.Rejects.Count);
    }
}
