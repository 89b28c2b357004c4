using System.Text;
using System.Text.Json;
using AdvertiseX.Compression;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Events;
using AdvertiseX.Framing;

namespace AdvertiseX.Tests.Decoding.Avro;

public class AvroVectorTests
{
    private static readonly CompiledContract s_contract = AvroDecoding.Contract(
        """
        {"event_time":{"from":["timestamp"]},"auction_id":{"from":["auction_id"]},"user_id":{"from":["user_id"]},
         "floor_cpm_micros":{"from":["bid_floor"]},"bid_cpm_micros":{"from":["bid_price"]},"device_type":{"from":["device.type"]},
         "country":{"from":["geo.country"]},"targeting":{"from":["targeting"]},"won":{"from":["won"]}}
        """
    );

    [Theory]
    [InlineData("null")]
    [InlineData("deflate")]
    [InlineData("snappy")]
    [InlineData("zstandard")]
    [InlineData("bzip2")]
    [InlineData("xz")]
    public void Every_codec_reads_as_json_as_expected(string codec)
    {
        var expected = AvroVectors.Lines("bid_requests.expected.ndjson");
        AssertJson(expected, AvroVectors.Bytes($"bid_requests.{codec}.avro"), null);
    }

    [Fact]
    public void Next_schema_version_reads_as_it_was_written() =>
        AssertJson(
            AvroVectors.Lines("bid_requests.v2.expected.ndjson"),
            AvroVectors.Bytes("bid_requests.v2.avro"),
            null
        );

    [Fact]
    public void Reader_of_v2_gets_v1_by_alias_and_default()
    {
        var reader = AvroSchema.Parse(AvroVectors.Bytes("bid_requests.v2.avsc"));
        var expected = AvroVectors
            .Lines("bid_requests.expected.ndjson")
            .Take(20)
            .Select(line =>
            {
                var fields = line.EnumerateObject()
                    .Where(f => f.Name != "user_id")
                    .ToDictionary(f => f.Name, f => (object)f.Value);
                fields["viewer_id"] = line.GetProperty("user_id");
                fields["currency"] = "USD";
                fields["deal_id"] = JsonDocument.Parse("null").RootElement;
                // The reader's float cannot take the writer's double, so a price that is not null loses the record.
                return (
                    HasPrice: line.GetProperty("bid_price").ValueKind != JsonValueKind.Null,
                    Json: JsonSerializer.SerializeToElement(fields)
                );
            })
            .ToList();
        var data = AvroDecoding.Uncompressed(AvroVectors.Bytes("bid_requests.null.avro"), out var header);
        var json = new AvroJsonReader(header.Schema, reader);
        foreach (var (hasPrice, line) in expected)
        {
            var fault = json.Read(data, out var length);
            Assert.Equal(hasPrice ? AvroFault.Mismatch : AvroFault.None, fault);
            if (!hasPrice)
                SameJson.Assert(line, json.Json);
            data = data[length..];
        }
    }

    [Fact]
    public void Reader_of_v1_gets_v2_by_promotion_order_and_enum_default()
    {
        var reader = AvroSchema.Parse(AvroVectors.Bytes("bid_requests.v1.avsc"));
        var names = reader.Fields.Select(f => f.Name).ToHashSet();
        var expected = AvroVectors
            .Lines("bid_requests.v2.expected.ndjson")
            .Select(line =>
            {
                var fields = line.EnumerateObject()
                    .Where(f => names.Contains(f.Name))
                    .ToDictionary(f => f.Name, f => (object)f.Value);
                // The alias is v2's own: to a reader that has never heard of it the user is missing.
                fields["user_id"] = JsonDocument.Parse("null").RootElement;
                var device = line.GetProperty("device")
                    .EnumerateObject()
                    .ToDictionary(f => f.Name, f => (object)f.Value);
                if (device["type"].ToString() == "GAME_CONSOLE")
                    device["type"] = "UNKNOWN";
                fields["device"] = device;
                return JsonSerializer.SerializeToElement(fields);
            });
        AssertJson([.. expected], AvroVectors.Bytes("bid_requests.v2.avro"), reader);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("deflate")]
    [InlineData("snappy")]
    [InlineData("zstandard")]
    [InlineData("bzip2")]
    [InlineData("xz")]
    public void Slots_hold_what_the_expected_file_holds(string codec)
    {
        var expected = AvroVectors.Lines("bid_requests.expected.ndjson");
        using var found = AvroDecoding.Decode(AvroVectors.Bytes($"bid_requests.{codec}.avro"), s_contract);
        Assert.Empty(found.Rejects);
        Assert.Equal(expected.Count, found.Rows.Count);
        for (var i = 0; i < expected.Count; i++)
            AssertSlots(expected[i], expected[i].GetProperty("user_id"), found.Rows[i]);
        Assert.Equal(found.Places.Distinct().Count(), found.Places.Count);
        Assert.Equal(found.Places.Order(), found.Places);
    }

    [Fact]
    public void Renamed_field_finds_its_slot_by_the_alias_in_the_writers_schema()
    {
        var expected = AvroVectors.Lines("bid_requests.v2.expected.ndjson");
        using var found = AvroDecoding.Decode(AvroVectors.Bytes("bid_requests.v2.avro"), s_contract);
        for (var i = 0; i < expected.Count; i++)
        {
            AssertSlots(expected[i], expected[i].GetProperty("viewer_id"), found.Rows[i]);
            Assert.Contains($"+currency='{expected[i].GetProperty("currency").GetString()}'", found.Rows[i]);
        }
    }

    [Theory]
    [InlineData("confluent_framed.bin")]
    [InlineData("single_object.bin")]
    public unsafe void Single_messages_decode(string name)
    {
        var v1 = AvroSchema.Parse(AvroVectors.Bytes("bid_requests.v1.avsc"));
        var v2 = AvroSchema.Parse(AvroVectors.Bytes("bid_requests.v2.avsc"));
        var lines = AvroVectors
            .Lines("bid_requests.expected.ndjson")
            .Concat(AvroVectors.Lines("bid_requests.v2.expected.ndjson"))
            .ToDictionary(l => l.GetProperty("auction_id").GetString()!);
        AvroSchema? Known(AvroSchemaKey key) =>
            key switch
            {
                { IsFingerprint: false, Value: 7 } => v1,
                { IsFingerprint: false, Value: 8 } => v2,
                { IsFingerprint: true } when key.Value == v1.Fingerprint => v1,
                { IsFingerprint: true } when key.Value == v2.Fingerprint => v2,
                _ => null,
            };
        using var found = new SlotRecorder(s_contract);
        using var decoder = new AvroMessageDecoder(Known, s_contract, 1 << 20);
        var messages = AvroVectors.Messages(name);
        foreach (var message in messages)
        {
            using var block = BlockOf(message);
            decoder.Decode(block, found.AsSink());
        }

        Assert.Empty(found.Rejects);
        Assert.Equal(messages.Count, found.Rows.Count);
        foreach (var row in found.Rows)
        {
            var line = lines[row.First(f => f.StartsWith("auction_id=", StringComparison.Ordinal))[12..^1]];
            AssertSlots(line, line.TryGetProperty("user_id", out var user) ? user : line.GetProperty("viewer_id"), row);
        }
    }

    [Fact]
    public void Fingerprints_and_canonical_form_are_those_of_another_implementation()
    {
        using var expected = JsonDocument.Parse(AvroVectors.Bytes("fingerprints.json"));
        foreach (var version in new[] { "v1", "v2" })
        {
            var schema = AvroSchema.Parse(AvroVectors.Bytes($"bid_requests.{version}.avsc"));
            var bytes = BitConverter.GetBytes(schema.Fingerprint);
            Assert.Equal(
                expected.RootElement.GetProperty($"{version}_crc64").GetString(),
                Convert.ToHexStringLower(bytes)
            );
            if (version == "v1")
                Assert.Equal(expected.RootElement.GetProperty("v1_canonical").GetString(), schema.CanonicalForm);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2, Explicit = true)]
    [InlineData(3, Explicit = true)]
    public void Damage_anywhere_neither_crashes_nor_loses_more_than_its_blocks(int seed)
    {
        var random = new Random(seed);
        var records = AvroVectors.Lines("bid_requests.expected.ndjson").Count;
        foreach (var codec in BlockCodecNames.All)
        {
            var file = AvroVectors.Bytes($"bid_requests.{codec}.avro");
            for (var round = 0; round < 12; round++)
            {
                var broken = file[..(round % 3 == 0 ? random.Next(file.Length) : file.Length)];
                for (var flips = 0; flips < 3 && broken.Length > 0; flips++)
                    broken[random.Next(broken.Length)] ^= (byte)(1 << random.Next(8));
                using var found = AvroDecoding.Decode(broken, s_contract, new FramerOptions { BlockBytes = 64 << 10 });
                Assert.True(found.Rows.Count <= records);
            }
        }
    }

    private static Block BlockOf(byte[] message)
    {
        var buffer = AdvertiseX.Columns.NativePool.Rent(message.Length);
        message.CopyTo(buffer.Span);
        var spans = new RecordSpans();
        spans.Add(new RecordSpan(0, message.Length));
        return new Block(buffer, message.Length, 0) { Records = spans };
    }

    private static void AssertSlots(JsonElement line, JsonElement user, string[] row)
    {
        var expected = new List<string>
        {
            $"event_time={(line.GetProperty("timestamp").GetDateTimeOffset().UtcTicks - DateTime.UnixEpoch.Ticks) / 10}us",
            $"auction_id='{line.GetProperty("auction_id").GetString()}'",
            user.ValueKind == JsonValueKind.Null ? "user_id=null" : $"user_id='{user.GetString()}'",
            line.GetProperty("bid_floor") is { ValueKind: JsonValueKind.String } floor
                ? $"floor_cpm_micros=#{floor.GetString()}"
                : "floor_cpm_micros=null",
            line.GetProperty("bid_price") is { ValueKind: JsonValueKind.Number } price
                ? $"bid_cpm_micros={price.GetDouble():R}"
                : "bid_cpm_micros=null",
            $"device_type='{line.GetProperty("device").GetProperty("type").GetString()}'",
            $"won={(line.GetProperty("won").GetBoolean() ? "true" : "false")}",
        };
        if (line.GetProperty("geo") is { ValueKind: JsonValueKind.Object } geo)
            expected.Add($"country='{geo.GetProperty("country").GetString()}'");
        Assert.Subset(row.ToHashSet(), expected.ToHashSet());
        var targeting = row.First(f => f.StartsWith("targeting=", StringComparison.Ordinal))[10..];
        SameJson.Assert(line.GetProperty("targeting"), Encoding.UTF8.GetBytes(targeting));
        if (line.GetProperty("trace") is { ValueKind: JsonValueKind.String } trace)
            Assert.Contains($"+trace='{trace.GetString()}'", row);
    }

    private static void AssertJson(List<JsonElement> expected, byte[] file, AvroSchema? reader)
    {
        ReadOnlySpan<byte> data = AvroDecoding.Uncompressed(file, out var header);
        var json = new AvroJsonReader(header.Schema, reader);
        foreach (var line in expected)
        {
            Assert.Equal(AvroFault.None, json.Read(data, out var length));
            SameJson.Assert(line, json.Json);
            data = data[length..];
        }

        Assert.Equal(0, data.Length);
    }
}
