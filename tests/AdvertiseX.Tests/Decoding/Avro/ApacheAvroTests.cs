using System.Text;
using System.Text.Json;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Generation;
using AdvertiseX.Tests.Generation;
using Avro;
using Avro.Generic;

namespace AdvertiseX.Tests.Decoding.Avro;

/// <summary>What Apache's library writes, we read, and what our generator writes, it reads.</summary>
public class ApacheAvroTests
{
    private static readonly string[] s_codecs = ["null", "deflate", "snappy", "zstandard", "bzip2"];

    [Theory]
    [InlineData(31)]
    [InlineData(32, Explicit = true)]
    public void Files_that_it_writes_give_the_same_records(int seed)
    {
        var random = new Random(seed);
        var contract = AvroDecoding.Contract("""{"event_time":{"from":["row"]},"targeting":{"from":["targeting"]}}""");
        for (var round = 0; round < 60; round++)
        {
            var (json, records) = Records(random);
            var file = ApacheAvro.Write(records[0].Schema, s_codecs[round % s_codecs.Length], records, random);
            AssertRecords(records, file, null, json);

            using var found = AvroDecoding.Decode(file, contract);
            Assert.Empty(found.Rejects);
            Assert.Equal(records.Count, found.Rows.Count);
            foreach (var (record, row) in records.Zip(found.Rows))
            {
                Assert.Contains($"event_time={record["row"]}", row);
                AssertSame(
                    ApacheAvro.Json(record).GetProperty("targeting"),
                    Encoding.UTF8.GetBytes(row.Single(f => f.StartsWith("targeting=", StringComparison.Ordinal))[10..]),
                    json
                );
            }
        }
    }

    [Theory]
    [InlineData(33)]
    [InlineData(34)]
    public void Another_schema_reads_the_same_from_them(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            var (json, records) = Records(random);
            var file = ApacheAvro.Write(records[0].Schema, "null", records, random);
            var reader = new ApacheSchemas(random).Evolved(System.Text.Json.Nodes.JsonNode.Parse(json)!).ToJsonString();
            AssertRecords(
                ApacheAvro.Read(file, Schema.Parse(reader)),
                file,
                AvroDecoding.Schema(reader),
                $"{json}\nread as {reader}"
            );
        }
    }

    [Fact]
    public void Fingerprints_of_schemas_are_the_same()
    {
        var random = new Random(35);
        for (var round = 0; round < 200; round++)
        {
            var json = new ApacheSchemas(random).Root().ToJsonString();
            var (ours, theirs) = (AvroDecoding.Schema(json), Schema.Parse(json));
            Assert.Equal(SchemaNormalization.ToParsingForm(theirs), ours.CanonicalForm);
            Assert.Equal(SchemaNormalization.ParsingFingerprint64(theirs), (long)ours.Fingerprint);
        }
    }

    [Theory]
    [InlineData(BidCodec.None)]
    [InlineData(BidCodec.Deflate)]
    [InlineData(BidCodec.Snappy)]
    public async Task Generated_files_are_read_by_it(BidCodec codec)
    {
        var folder = GeneratedSet.NewFolder();
        var options = new GeneratorOptions
        {
            OutputDirectory = folder,
            Impressions = 2000,
            BidCodec = codec,
            Dirt = DirtRates.None,
        };
        await FeedGenerator.GenerateAsync(options, cancellationToken: TestContext.Current.CancellationToken);
        foreach (var path in Directory.GetFiles(Path.Combine(folder, "bid_requests")))
        {
            var file = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            var records = ApacheAvro.Read(file);
            Assert.InRange(records.Count, 1000, 10_000);
            AssertRecords(records, file, null, path);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static (string Json, List<GenericRecord> Records) Records(Random random)
    {
        var json = new ApacheSchemas(random).Root().ToJsonString();
        var schema = (RecordSchema)Schema.Parse(json);
        return (
            json,
            [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => (GenericRecord)ApacheAvro.Value(schema, random)!)]
        );
    }

    private static void AssertRecords(List<GenericRecord> expected, byte[] file, AvroSchema? reader, string what)
    {
        ReadOnlySpan<byte> data = AvroDecoding.Uncompressed(file, out var header);
        var json = new AvroJsonReader(header.Schema, reader);
        foreach (var record in expected)
        {
            var fault = json.Read(data, out var length);
            Assert.True(fault == AvroFault.None, $"{fault} {json.Mismatch}: {what}");
            AssertSame(ApacheAvro.Json(record), json.Json, what);
            data = data[length..];
        }

        Assert.Equal(0, data.Length);
    }

    private static void AssertSame(JsonElement expected, ReadOnlySpan<byte> json, string what)
    {
        using var found = JsonDocument.Parse(json.ToArray());
        Assert.True(
            ApacheAvro.Same(expected, found.RootElement),
            $"expected {expected.GetRawText()}\nfound {Encoding.UTF8.GetString(json)}\nof {what}"
        );
    }
}
