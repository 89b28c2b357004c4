using System.Text;
using System.Text.Json.Nodes;
using AdvertiseX.Events;
using AdvertiseX.Tests.Decoding.Avro;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>Bid requests of real exchanges, as JSON and in the project's Avro schema; each imp is a row.</summary>
public sealed class OpenRtbTests : IDisposable
{
    private static readonly string Schema = File.ReadAllText(
        Path.Combine(Repository.Root, "contracts", "bid-requests.avsc")
    );
    private readonly TempIngest _json = new();
    private readonly TempIngest _avro = new();

    [Fact]
    public async Task A_hundred_requests_load_and_come_out_of_Avro_the_same()
    {
        var source = Vectors.PathOf("openrtb/adx-requests.jsonl");
        var report = await _json.RunAsync(
            Feed.BidRequests,
            default,
            _json.Write("requests.jsonl", await File.ReadAllBytesAsync(source))
        );
        var rows = await _json.RowsAsync("bid_requests");
        Assert.Equal(
            (100, 100, 100),
            ((int)report.TotalReceived, rows.Count, rows.Select(r => (string)r["auction_id"]!).Distinct().Count())
        );
        Assert.All(rows, r => Assert.NotNull(r["placement_id"]));

        _avro.Write(
            "requests.avro",
            AvroBytes.File(Schema, "null", [.. rows.Chunk(30).Select(part => ((long)part.Length, Encode(part)))])
        );
        Assert.Equal(100, (await _avro.RunAsync()).CountsOf(EventKind.BidRequest).Accepted);
        var again = await _avro.RowsAsync("bid_requests");
        string[] columns =
        [
            "auction_id",
            "event_time",
            "user_id",
            "placement_id",
            "site_id",
            "floor_cpm_micros",
            "ip",
            "country",
        ];
        // A natural key with a user gives the same id whatever the format; without one the whole record is hashed.
        string Line(JsonObject r) =>
            string.Join('|', columns.Select(c => r[c]?.ToJsonString()))
            + (r["user_id"] == null ? "" : (string)r["event_id"]!);
        Assert.Equal(rows.Select(Line).Order(StringComparer.Ordinal), again.Select(Line).Order(StringComparer.Ordinal));
        await _avro.VerifyAsync();
    }

    [Fact]
    public async Task Requests_of_other_exchanges_load_when_they_have_a_time()
    {
        foreach (var file in Directory.GetFiles(Vectors.PathOf("openrtb"), "*.json"))
        {
            var request = JsonNode.Parse(await File.ReadAllTextAsync(file))!.AsObject();
            var imps = request["imp"]!.AsArray().Count;
            Assert.True(imps > 0);
            using var ingest = new TempIngest();
            var path = ingest.Write("without.json", request.ToJsonString());
            var without = await ingest.RunAsync(Feed.BidRequests, default, path);
            request["timestamp"] = "2024-03-01T10:00:00Z";
            path = ingest.Write("with.json", request.ToJsonString());
            var with = await ingest.RunAsync(Feed.BidRequests, default, path);
            Assert.True(
                with.CountsOf(EventKind.BidRequest).Accepted == imps,
                $"{Path.GetFileName(file)}: {string.Join(", ", with.CountsOf(EventKind.BidRequest).Reasons())}"
            );
            Assert.Equal(without.TotalReceived, with.TotalReceived);
            await ingest.VerifyAsync();
        }
    }

    [Fact]
    public async Task Conflicting_rows_of_one_long_record_keep_its_bytes_once()
    {
        var imps = string.Join(',', Enumerable.Range(0, 300).Select(i => $$"""{"id":"{{i}}","bidfloor":{{i}}}"""));
        var request =
            $$"""{"id":"a","bid_request_id":"b","timestamp":"2024-03-01T10:00:00Z","note":"{{new string('x', 100_000)}}","imp":[{{imps}}]}""";
        await _json.RunAsync(Feed.BidRequests, default, _json.Write("one.json", request));
        var rejects = await _json.RowsAsync("rejects");
        Assert.Equal(299, rejects.Count);
        Assert.All(rejects, r => Assert.Equal("conflicting_duplicate", (string)r["reason"]!));
        var whole = Assert.Single(rejects, r => r["raw"] is not null);
        Assert.Equal(1, (int)whole["stream_ordinal"]!);
        Assert.All(
            rejects.Where(r => r != whole),
            r => Assert.Equal("b (the record's bytes are with ordinal 1)", (string)r["found"]!)
        );
        await _json.VerifyAsync();
    }

    [Fact]
    public async Task Damage_and_conflicts_in_Avro_are_kept_with_bytes_and_schema()
    {
        JsonObject Row(string auction, long floor, params string[] placements) =>
            new()
            {
                ["auction_id"] = auction,
                ["event_time"] = "2024-03-01 10:00:00+00",
                ["user_id"] = "u1",
                ["floor_cpm_micros"] = floor,
                ["placements"] = new JsonArray([.. placements.Select(p => (JsonNode)p)]),
            };
        var twoImps = Encode([Row("a1", 1_000_000, "top", "side")]);
        var other = Encode([Row("a2", 1_000_000, "top"), Row("a1", 2_000_000, "side")]);
        _avro.Write("requests.avro", AvroBytes.File(Schema, "null", (1, twoImps), (3, [1, 2, 3]), (2, other)));
        var counts = (await _avro.RunAsync()).CountsOf(EventKind.BidRequest);
        Assert.Equal((5, 3), (counts.Received, counts.Accepted));
        var rejects = await _avro.RowsAsync("rejects");
        Assert.Equal(["damaged_block", "conflicting_duplicate"], rejects.Select(r => (string)r["reason"]!));
        Assert.All(
            rejects,
            r =>
                Assert.Equal(
                    JsonNode.Parse(Schema)!.ToJsonString(),
                    JsonNode.Parse((string)r["header"]!)!.ToJsonString()
                )
        );
        Assert.Contains("side", (string)rejects[1]["raw"]!);
        await _avro.VerifyAsync();
    }

    /// <summary>Rows of bid_requests as records of the schema, one imp for each of their placements.</summary>
    private static byte[] Encode(IEnumerable<JsonObject> rows)
    {
        var bytes = new AvroBytes();
        foreach (var row in rows)
        {
            bytes.Text((string)row["auction_id"]!);
            bytes
                .Long(
                    (DateTimeOffset.Parse((string)row["event_time"]! + ":00").UtcTicks - DateTime.UnixEpoch.Ticks) / 10
                )
                .Long(0);
            string[] placements = row["placements"] is JsonArray many
                ? [.. many.Select(p => (string)p!)]
                : [(string)row["placement_id"]!];
            bytes.Long(1).Long(placements.Length);
            foreach (var placement in placements)
            {
                Optional(bytes.Text("x"), placement);
                if (row["floor_cpm_micros"] is { } floor)
                    bytes.Long(1).Double((long)floor / 1e6);
                else
                    bytes.Long(0);
                bytes.Long(0);
            }

            bytes.Long(0);
            Optional(bytes, (string?)row["user_id"]);
            Optional(bytes.Long(0), (string?)row["site_id"]);
            bytes.Long(0).Long(1).Long(0).Long(0);
            Optional(bytes, (string?)row["ip"]);
            bytes.Long(0).Long(1);
            Optional(bytes, (string?)row["country"]);
            bytes.Long(0).Long(0);
            for (var absent = 0; absent < 8; absent++)
                bytes.Long(0);
        }

        return bytes.ToArray();
    }

    private static void Optional(AvroBytes bytes, string? text)
    {
        if (text == null)
            bytes.Long(0);
        else
            bytes.Long(1).Text(text);
    }

    public void Dispose()
    {
        _json.Dispose();
        _avro.Dispose();
    }
}
