using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Kafka.Consuming;
using AdvertiseX.Messages;
using AdvertiseX.Tests.Decoding.Avro;
using AdvertiseX.Validation;
using Confluent.Kafka;

namespace AdvertiseX.Tests.Messages;

/// <summary>Messages of one record or several become the same rows, each at its message's position.</summary>
public sealed unsafe class MessageDecoderTests
{
    private static readonly FramerOptions Framing = new() { MaxRecordBytes = 4096 };

    public static IEnumerable<TheoryDataRow<int>> AllSeeds => Seeds.From(1, 300, fast: 40);

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void However_records_are_put_into_messages_the_rows_are_the_same(int seed)
    {
        var random = new Random(seed);
        var records = Enumerable.Range(0, random.Next(1, 60)).Select(i => Impression($"i{i}é")).ToList();
        var messages = new List<string>();
        var places = new List<(long Offset, int Ordinal)>();
        for (var at = 0; at < records.Count; )
        {
            var count = Math.Min(records.Count - at, random.Next(1, 6));
            places.AddRange(Enumerable.Range(0, count).Select(i => ((long)messages.Count, i)));
            messages.Add(Together(records.GetRange(at, count), random));
            at += count;
        }

        using var rows = Decode(Feed.Impressions, messages.Select(Encoding.UTF8.GetBytes));
        Assert.Null(rows.Rejects);
        var batch = rows.Facts[(int)EventKind.Impression]!;
        Assert.Equal(
            Enumerable.Range(0, records.Count).Select(i => $"i{i}é"),
            Enumerable.Range(0, batch.Rows).Select(row => Encoding.UTF8.GetString(batch.Text("event_id").Get(row)))
        );
        Assert.Equal(places, PlacesOf(batch));
    }

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void Every_message_makes_rows_or_rejects_whatever_its_bytes_are(int seed)
    {
        var random = new Random(seed);
        foreach (var feed in Enum.GetValues<Feed>())
        {
            var messages = Enumerable.Range(0, 30).Select(_ => Spoiled(random)).ToList();
            using var all = Decode(feed, messages);
            Assert.True(all.Counts.Sum(counts => counts.Received) > 0);
            // Neighbours do not matter.
            var one = 0L;
            foreach (var message in messages)
            {
                using var alone = Decode(feed, [message]);
                one += alone.Counts.Sum(counts => counts.Received);
            }

            Assert.Equal(one, all.Counts.Sum(counts => counts.Received));
        }
    }

    [Fact]
    public void Two_messages_never_make_one_character()
    {
        byte[] first = [.. "{\"impression_id\":\"a"u8, 0xC3];
        byte[] second = [0xA9, .. "\"}"u8];
        using var rows = Decode(Feed.Impressions, [first, second]);
        Assert.Equal(2, rows.Counts[(int)EventKind.Impression].Rejected);
        Assert.Equal(first, rows.Rejects!.Text("raw").Get(0).ToArray());
        Assert.Equal(second, rows.Rejects.Text("raw").Get(1).ToArray());
    }

    [Theory]
    [InlineData("""{"schema":{"type":"string"},"payload":RECORD}""", 1)]
    [InlineData("""{ "payload" : RECORD , "schema" : null }""", 1)]
    [InlineData("""{"schema":{},"payload":null}""", 0)]
    [InlineData("""{"schema":{},"payload":[]}""", 0)]
    [InlineData("""{"schema":{},"payload":[RECORD, RECORD]}""", 2)]
    public void An_envelope_is_opened(string envelope, int records)
    {
        using var rows = Decode(
            Feed.Impressions,
            [Encoding.UTF8.GetBytes(envelope.Replace("RECORD", Impression("a"), StringComparison.Ordinal))]
        );
        var counts = rows.Counts[(int)EventKind.Impression];
        Assert.Equal((records, 0), (counts.Received, counts.Rejected));
    }

    [Theory]
    [InlineData("""{"schema":"mine","payload":RECORD,"more":1}""")]
    [InlineData("""{"schema":"mine"}""")]
    public void What_only_looks_like_an_envelope_is_a_record(string message)
    {
        using var rows = Decode(
            Feed.Impressions,
            [Encoding.UTF8.GetBytes(message.Replace("RECORD", Impression("a"), StringComparison.Ordinal))]
        );
        var counts = rows.Counts[(int)EventKind.Impression];
        Assert.Equal((1, 1), (counts.Received, counts.Rejected));
    }

    [Fact]
    public void Rows_of_csv_come_under_the_header_of_their_message_or_of_the_contract()
    {
        string[] messages =
        [
            "timestamp,user_id,conversion_type\n2024-03-01T10:00:00Z,u1,click",
            "conversion_type;user_id;timestamp\nclick;u2;2024-03-01T10:00:00Z\nclick;u3;2024-03-01T10:00:00Z\n",
            "timestamp,user_id,conversion_type\n2024-03-01T10:00:00Z,u4,click",
            "2024-03-01T10:00:00Z,u5,click",
        ];
        using var headed = Decode(Feed.ClicksConversions, messages.Select(Encoding.UTF8.GetBytes));
        Assert.Equal(4, headed.Facts[(int)EventKind.Click]!.Rows);
        Assert.Equal(1, headed.Rejects!.Rows);

        var contract = CompiledContract.Compile(
            ContractFile.ShippedFor(Feed.ClicksConversions).Source with
            {
                CsvColumns = ["timestamp", "user_id", "conversion_type"],
            }
        );
        using var bare = Decode(contract, new KnownSchemas([]), [messages[3], messages[3].Replace(',', ';')]);
        Assert.Equal(2, bare.Facts[(int)EventKind.Click]!.Rows);
    }

    [Fact]
    public void A_reject_of_avro_keeps_the_whole_message_and_the_schema()
    {
        var text = """{"type":"record","name":"bid","fields":[{"name":"auction_id","type":"string"}]}"""u8.ToArray();
        var schema = AvroSchema.Parse(text);
        var message = new byte[14];
        message[0] = 0xC3;
        message[1] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(2), schema.Fingerprint);
        message[10] = 6;
        "a-1"u8.CopyTo(message.AsSpan(11));
        using var rows = Decode(ContractFile.ShippedFor(Feed.BidRequests), new KnownSchemas([text]), [message]);
        Assert.Equal("missing_required_field", Encoding.UTF8.GetString(rows.Rejects!.Dictionary("reason").Get(0)));
        Assert.Equal(message, rows.Rejects.Text("raw").Get(0).ToArray());
        Assert.Equal(text, rows.Rejects.Dictionary("header").Get(0).ToArray());
    }

    [Fact]
    public void A_message_that_is_too_long_is_a_reject_with_its_beginning()
    {
        var message = Encoding.UTF8.GetBytes(Impression(new string('x', 5000)));
        using var rows = Decode(Feed.Impressions, [message, "{}"u8.ToArray()]);
        Assert.Equal("too_large", Encoding.UTF8.GetString(rows.Rejects!.Dictionary("reason").Get(0)));
        Assert.Equal(message.Length, rows.Rejects.Int64("length").Values[0]);
    }

    // One request of 900 kB in thousands of rows filled a column of more than 2 GB, and the stream stopped.
    [Fact]
    public void Thousands_of_rejected_rows_of_a_long_record_keep_its_bytes_once()
    {
        var request = Request("", new string('x', 500_000), imps: 5_000);
        using var rows = DecodeLong(request);
        var rejects = rows.Rejects!;
        Assert.Equal(5_000, rejects.Rows);
        Assert.Equal(request, Encoding.UTF8.GetString(rejects.Text("raw").Get(0)));
        Assert.False(rejects.Text("raw").IsValid(1));
        Assert.False(rejects.Text("raw").IsValid(4_999));
        Assert.True(rejects.Text("found").Get(0).IsEmpty);
        Assert.Equal(
            "(the record's bytes are with ordinal 0)",
            Encoding.UTF8.GetString(rejects.Text("found").Get(4_999))
        );
        Assert.Equal(request.Length, rejects.Int64("length").Values[4_999]);
    }

    [Fact]
    public void Thousands_of_rows_of_a_long_record_keep_the_fields_that_they_share_once()
    {
        var note = new string('x', 500_000);
        using var rows = DecodeLong(Request("\"id\":\"a\",", note, imps: 5_000));
        using var others = DecodeLong(Request("\"id\":\"a\",", note + "y", imps: 5_000));
        var batch = rows.Facts[(int)EventKind.BidRequest]!;
        Assert.Equal(5_000, batch.Rows);
        Assert.Equal($$"""{"imp.secure":0,"note":"{{note}}"}""", Encoding.UTF8.GetString(batch.Text("extra").Get(0)));
        Assert.Equal("{\"imp.secure\":4999}", Encoding.UTF8.GetString(batch.Text("extra").Get(4_999)));
        // What the rows share is a part of the payload all the same.
        Assert.NotEqual(
            batch.Int32("payload_hash").Values[4_999],
            others.Facts[(int)EventKind.BidRequest]!.Int32("payload_hash").Values[4_999]
        );
    }

    [Fact]
    public void Rows_of_a_usual_record_keep_its_bytes_and_fields_each()
    {
        using var rejected = DecodeLong(Request("", "x", imps: 20));
        using var accepted = DecodeLong(Request("\"id\":\"a\",", "x", imps: 20));
        for (var row = 0; row < 20; row++)
        {
            Assert.True(rejected.Rejects!.Text("raw").IsValid(row));
            Assert.Equal(
                $$"""{"imp.secure":{{row}},"note":"x"}""",
                Encoding.UTF8.GetString(accepted.Facts[(int)EventKind.BidRequest]!.Text("extra").Get(row))
            );
        }
    }

    [Fact]
    public void A_record_of_more_rows_than_allowed_is_one_reject()
    {
        var request = Request("\"id\":\"a\",", "x", imps: 10_001);
        using var rows = DecodeLong(request);
        Assert.Equal(1, rows.Counts[(int)EventKind.BidRequest].Received);
        Assert.Equal("too_large", Encoding.UTF8.GetString(rows.Rejects!.Dictionary("reason").Get(0)));
        Assert.Equal("imp", Encoding.UTF8.GetString(rows.Rejects.Dictionary("field").Get(0)));
        Assert.Equal(request, Encoding.UTF8.GetString(rows.Rejects.Text("raw").Get(0)));
        using var most = DecodeLong(Request("\"id\":\"a\",", "x", imps: 10_000));
        Assert.Equal(10_000, most.Facts[(int)EventKind.BidRequest]!.Rows);
    }

    // Each of two million rows looked a header of 900 kB up and kept it: minutes, and more than 2 GB.
    [Fact]
    public void A_long_header_is_kept_once_whatever_the_number_of_rows()
    {
        var header = "timestamp,user_id,conversion_type," + new string('x', 900_000);
        var message = header + string.Concat(Enumerable.Repeat("\n1", 200_000));
        using var rows = DecodeLong(message, Feed.ClicksConversions);
        var rejects = rows.Rejects!;
        Assert.Equal(200_000, rejects.Rows);
        Assert.Equal(header, Encoding.UTF8.GetString(rejects.Dictionary("header").Get(0)));
        Assert.False(rejects.Dictionary("header").IsValid(199_999));
        Assert.Equal(
            "1 field (the header is with ordinal 0)",
            Encoding.UTF8.GetString(rejects.Text("found").Get(199_999))
        );
        Assert.Equal("1", Encoding.UTF8.GetString(rejects.Text("raw").Get(199_999)));
    }

    [Fact]
    public void A_header_longer_than_a_record_makes_its_message_one_reject()
    {
        var message = "timestamp,user_id,conversion_type," + new string('x', 1_100_000) + "\n1\n2\n";
        using var rows = DecodeLong(message, Feed.ClicksConversions);
        Assert.Equal(1, rows.Rejects!.Rows);
        Assert.Equal("too_large", Encoding.UTF8.GetString(rows.Rejects.Dictionary("reason").Get(0)));
        Assert.Equal(message.Length, rows.Rejects.Int64("length").Values[0]);
    }

    [Fact]
    public void A_record_whose_long_texts_would_stand_in_thousands_of_rows_is_one_reject()
    {
        var id = new string('a', 50_000);
        using var few = DecodeLong(Request($"\"id\":\"{id}\",", "x", imps: 80));
        Assert.Equal(80, few.Facts[(int)EventKind.BidRequest]!.Rows);
        using var many = DecodeLong(Request($"\"id\":\"{id}\",", "x", imps: 90));
        Assert.Equal(1, many.Counts[(int)EventKind.BidRequest].Received);
        Assert.Equal("too_large", Encoding.UTF8.GetString(many.Rejects!.Dictionary("reason").Get(0)));

        var text =
            """{"type":"record","name":"bid","fields":[{"name":"auction_id","type":"string"},{"name":"timestamp","type":"string"},{"name":"imp","type":{"type":"array","items":{"type":"record","name":"imp","fields":[{"name":"id","type":"string"}]}}}]}"""u8.ToArray();
        foreach (var (imps, accepted, rejected) in new[] { (80, 80, 0), (90, 0, 1) })
        {
            var datum = new AvroBytes().Text(id).Text("2024-03-01T10:00:00Z").Long(imps);
            for (var i = 0; i < imps; i++)
                datum.Text($"{i}");
            var message = new byte[10];
            message[0] = 0xC3;
            message[1] = 1;
            BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(2), AvroSchema.Parse(text).Fingerprint);
            using var rows = Decode(
                ContractFile.ShippedFor(Feed.BidRequests),
                new KnownSchemas([text]),
                [
                    [.. message, .. datum.Long(0).ToArray()],
                ],
                new FramerOptions()
            );
            Assert.Equal(
                (accepted, rejected),
                (rows.Facts[(int)EventKind.BidRequest]?.Rows ?? 0, rows.Rejects?.Rows ?? 0)
            );
        }
    }

    // They were sorted by insertion: half a minute.
    [Fact]
    public void A_record_of_many_fields_that_no_contract_names_is_read_in_time()
    {
        var names = Enumerable.Range(0, 90_000).ToArray();
        new Random(1).Shuffle(names);
        var fields = string.Concat(names.Select(i => $"\"k{i}\":1,"));
        var clock = Stopwatch.StartNew();
        using var rows = DecodeLong(Request($"\"id\":\"a\",{fields}", "x", imps: 1));
        Assert.Equal(1, rows.Facts[(int)EventKind.BidRequest]!.Rows);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    private static string Request(string id, string note, int imps) =>
        $$"""{{{id}}"timestamp":"2024-03-01T10:00:00Z","user_id":"u","note":"{{note}}","imp":["""
        + string.Join(',', Enumerable.Range(0, imps).Select(i => $$"""{"id":"{{i}}","secure":{{i}}}"""))
        + "]}";

    private static BlockRows DecodeLong(string message, Feed feed = Feed.BidRequests) =>
        Decode(
            ContractFile.ShippedFor(feed),
            KnownSchemas.Shipped,
            [Encoding.UTF8.GetBytes(message)],
            new FramerOptions()
        );

    private static string Together(List<string> records, Random random) =>
        records.Count == 1 && random.Next(2) == 0
            ? records[0]
            : random.Next(5) switch
            {
                0 => $"[{string.Join(',', records)}]",
                1 => $" [\n{string.Join(",\n", records)}\n]\n",
                2 => string.Join('\n', records),
                3 => string.Join("\r\n", records) + "\r\n",
                _ => $$"""{"schema":{"a":[1,"}"]},"payload":[{{string.Join(',', records)}}]}""",
            };

    // No white space alone, which for CSV is no row.
    private static byte[] Spoiled(Random random)
    {
        var message = Encoding.UTF8.GetBytes(
            random.Next(4) switch
            {
                0 => "timestamp,user_id,conversion_type\n2024-03-01T10:00:00Z,u1,click",
                1 => $"[{Impression("a")},{Impression("b")}]",
                2 => $"{Impression("a")}\n{Impression("b")}",
                _ => Impression("a"),
            }
        );
        for (var i = random.Next(3); i > 0; i--)
            message[random.Next(message.Length)] = (byte)random.Next(256);
        return message[..random.Next(message.Length + 1)];
    }

    private static string Impression(string id) =>
        $$"""{"impression_id":"{{id}}","timestamp":"2024-03-01T10:00:00Z","creative_id":"c"}""";

    private static List<(long Offset, int Ordinal)> PlacesOf(AdvertiseX.Columns.ColumnBatch batch)
    {
        var places = new List<(long Offset, int Ordinal)>();
        var ordinals = batch.Int32("stream_ordinal");
        for (var row = 0; row < batch.Rows; row++)
            places.Add((batch.Int64("stream_offset").Values[row], ordinals.IsValid(row) ? ordinals.Values[row] : 0));
        return places;
    }

    private static BlockRows Decode(Feed feed, IEnumerable<byte[]> messages) =>
        Decode(ContractFile.ShippedFor(feed), KnownSchemas.Shipped, messages);

    private static BlockRows Decode(CompiledContract contract, ISchemas schemas, IEnumerable<string> messages) =>
        Decode(contract, schemas, messages.Select(Encoding.UTF8.GetBytes));

    private static BlockRows Decode(
        CompiledContract contract,
        ISchemas schemas,
        IEnumerable<byte[]> messages,
        FramerOptions? framing = null
    )
    {
        using var partition = new KafkaPartition(new TopicPartition("t", 0), "s", 0, contract, schemas);
        var offset = 0;
        foreach (var message in messages)
            fixed (byte* payload = message.Length > 0 ? message : new byte[1])
                partition.Add(payload, message.Length, offset++);
        using var block = partition.Cut()!.Value.Block;
        Assert.Equal((0, offset), (block.From, block.Next));
        using var decoder = partition.CreateDecoder(framing ?? Framing);
        using var rows = new RowWriter(
            contract,
            new StreamContext("s", 1_800_000_000_000_000),
            new ValidationOptions()
        );
        decoder.Decode(block, rows);
        return rows.Finish();
    }
}
