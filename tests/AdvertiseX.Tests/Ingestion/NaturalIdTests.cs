using System.Text.Json.Nodes;
using AdvertiseX.Contracts;
using AdvertiseX.Events;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>
/// Ids of events whose feed gives none (docs/terms.md, Ids). The expected ids were computed outside of this program, by
/// a script that lays the parts out and xxhsum -H128.
/// </summary>
public sealed class NaturalIdTests : IDisposable
{
    private readonly TempIngest _ingest = new();

    [Theory]
    [InlineData(
        "impressions",
        "4dd8382e18b0af612a96a08a45dd49e4",
        """{"timestamp":"2024-03-01T09:00:00Z","user_id":"u1","creative_id":"banner-1","website":"https://news.example/a","cost":1}"""
    )]
    [InlineData(
        "clicks",
        "78b45dc2db0550ee816c3900eb1e601a",
        """{"timestamp":"2024-03-01T09:00:00Z","user_id":"u1","campaign_id":"spring","conversion_type":"click","revenue":1}"""
    )]
    [InlineData(
        "conversions",
        "5aae39350884cb346d6e70e0575bb8b8",
        """{"timestamp":"2024-03-01T09:00:00Z","user_id":"u1","campaign_id":"spring","conversion_type":"purchase","order_id":"o-1001"}"""
    )]
    [InlineData(
        "bid_requests",
        "0e600d51b12e8a09b75f8728326fba87",
        """{"timestamp":"2024-03-01T09:00:00Z","user_id":"u1","auction_id":"a-1","placement_id":"top","won":true}"""
    )]
    public async Task Is_the_hash_of_the_natural_key(string table, string id, string line) =>
        Assert.Equal(id, Assert.Single(await IdsAsync(table, "events.ndjson", line + "\n")));

    [Fact]
    public async Task Impressions_on_offer_in_one_request_have_ids_of_their_own_though_they_share_a_placement()
    {
        const string Request = """
            {"id":"a-1","timestamp":"2024-03-01T09:00:00Z","user":{"id":"u1"},"imp":[{"id":"1","tagid":"top"},{"id":"2","tagid":"top"},{"id":"3"}]}

            """;
        var ids = await IdsAsync("bid_requests", "requests.ndjson", Request);
        Assert.Equal(3, ids.Count);
        Assert.Equal("8e0b894e0cfb905c5519b3ba9c216413", ids[1]);
        var rows = await _ingest.RowsAsync("bid_requests");
        Assert.Equal(["top", "top", "3"], rows.Select(row => (string?)row["placement_id"]));
        Assert.Equal(["""{"imp.id":"1"}""", """{"imp.id":"2"}""", null], rows.Select(row => (string?)row["extra"]));
    }

    [Fact]
    public async Task Without_a_user_it_is_the_hash_of_the_whole_record_under_any_contract_and_in_any_format()
    {
        const string Expected = "87b7521a1aefeac7ff15d6155af2d09c";
        string[] lines =
        [
            """{"timestamp":"2024-03-01T09:00:00Z","creative_id":"banner-1","cost":0.002,"is_viewable":true,"nr":7,"mood":"good","user_id":null}""",
            """{"mood":"good","cost":"0.0020","viewed":"yes","creative":{"id":"banner-1"},"site_id":"unknown","ts":1709283600,"nr":"7"}""",
        ];
        Assert.Equal(
            [Expected, Expected],
            await IdsAsync("impressions", "one.ndjson", lines[0] + "\n", "two.ndjson", lines[1] + "\n")
        );
        Assert.Equal(
            Expected,
            (
                await IdsAsync(
                    "impressions",
                    "three.csv",
                    "nr;viewable;timestamp;mood;cost;creative_id;user_id\n7;1;2024-03-01 09:00:00;good;0.002;banner-1;\n"
                )
            )[0]
        );

        _ingest.Contracts = [ReversedContract()];
        Assert.Equal(Expected, (await IdsAsync("impressions", "four.ndjson", lines[0] + "\n"))[0]);
    }

    [Fact]
    public async Task Without_a_user_records_that_differ_in_anything_are_different_events()
    {
        const string Header = "timestamp,campaign_id,conversion_type,order_id,revenue,creative_id,ip,note\n";
        string[] rows =
        [
            "2024-03-01 09:00:00,spring,purchase,o-1,5,,,",
            "2024-03-01 09:00:00,spring,purchase,o-1,6,,,",
            "2024-03-01 09:00:00,spring,purchase,o-1,5,banner-1,,",
            "2024-03-01 09:00:00,spring,purchase,o-1,5,,192.0.2.7,",
            "2024-03-01 09:00:00,spring,purchase,o-1,5,,,gift",
            "2024-03-01 09:00:00,spring,purchase,o-1,5,,,",
        ];
        var ids = await IdsAsync("conversions", "orders.csv", Header + string.Join('\n', rows) + "\n");
        Assert.Equal(5, ids.Distinct().Count());
        Assert.Equal(5, ids.Count);
    }

    [Fact]
    public async Task Without_a_user_the_order_and_the_nulls_inside_of_objects_do_not_matter()
    {
        const string Known = "\"timestamp\":\"2024-03-01T09:00:00Z\",\"creative_id\":\"banner-1\"";
        string[] same =
        [
            "\"slot\":{\"a\":1,\"b\":{\"c\":\"x\\ny\",\"d\":true}},\"list\":[5,{\"k\":\"v\"}],\"mood\":\"good\"",
            "\"mood\":\"good\",\"list\":[\"5\",{\"n\":null,\"k\":\"v\"}],\"slot\":{\"b\": {\"d\":true, \"c\":\"x\\u000ay\"},\"e\":\"unknown\",\"a\":\"1\",\"f\":{}}",
            "\"list.1.k\":\"v\",\"list.0\":5,\"slot.b.c\":\"x\\ny\",\"slot.b.d\":\"true\",\"slot.a\":1,\"mood\":\"good\"",
        ];
        var other = same[0].Replace("true", "false");
        var lines = same.Append(other).Select(fields => $"{{{Known},{fields}}}\n").ToList();
        var ids = await IdsAsync("impressions", [.. lines.SelectMany((line, i) => new[] { $"{i}.ndjson", line })]);
        Assert.Equal(2, ids.Distinct().Count());
        Assert.Single(ids[..3].Distinct());

        // Nor do they make a repeat a conflict.
        Directory.Delete(_ingest.Lake, recursive: true);
        var report = await _ingest.RunAsync(_ingest.Write("all.ndjson", string.Concat(lines)));
        Assert.Equal(
            (2, 2),
            (report.CountsOf(EventKind.Impression).Accepted, report.CountsOf(EventKind.Impression).Duplicate)
        );
        Assert.Empty(await _ingest.RowsAsync("rejects"));
    }

    /// <summary>A part that is an id is absent where its column is null, so that the id can be computed from the
    /// row.</summary>
    [Theory]
    [InlineData(
        "\"creative_id\":\"c\",\"site_id\":\"0\",\"page_url\":\"https://news.example/a\"",
        "\"creative_id\":\"c\",\"page_url\":\"https://news.example/a\""
    )]
    [InlineData(
        "\"creative_id\":\"c\",\"site_id\":0,\"page_url\":\"https://news.example/a\"",
        "\"creative_id\":\"c\",\"page_url\":\"https://news.example/a\""
    )]
    [InlineData("\"creative_id\":\"c\",\"event_id\":\"000-00\"", "\"creative_id\":\"c\",\"event_id\":null")]
    public async Task Zeros_in_a_part_that_is_an_id_are_absent(string zeros, string absent)
    {
        const string Start = "{\"timestamp\":\"2024-03-01T09:00:00Z\",\"user_id\":\"u1\",\"cost\":1,";
        var ids = await IdsAsync(
            "impressions",
            "zeros.ndjson",
            $"{Start}{zeros}}}\n",
            "absent.ndjson",
            $"{Start}{absent}}}\n"
        );
        Assert.Equal(ids[1], ids[0]);
        Assert.Null(Assert.Single(await _ingest.RowsAsync("impressions"))["extra"]);
        File.Delete(Path.Combine(_ingest.Input, "absent.ndjson"));
        await IdsAsync("impressions", "zeros.ndjson", $"{Start}{zeros}}}\n");
        Assert.Null(Assert.Single(await _ingest.RowsAsync("impressions"))["extra"]);
    }

    [Fact]
    public async Task The_same_record_in_another_format_is_a_repeat_and_no_conflict()
    {
        _ingest.Write(
            "a.ndjson",
            """
            {"timestamp":"2024-03-01T09:00:00Z","user_id":"u1","creative_id":"c","nr":7,"mood":"unknown","lat":2.5}
            {"timestamp":"2024-03-01T09:00:01Z","impression_id":"i1","creative_id":"c","nr":7,"mood":"unknown","lat":2.5}

            """
        );
        _ingest.Write(
            "b.csv",
            "timestamp,user_id,impression_id,creative_id,lat,nr,mood\n"
                + "2024-03-01 09:00:00,u1,,c,2.5,7,\n2024-03-01 09:00:01,,i1,c,2.5,7,\n"
        );
        _ingest.Write("c.csv", "timestamp,impression_id,creative_id,lat,nr,mood\n2024-03-01 09:00:01,i1,c,2.5,8,\n");
        var report = await _ingest.RunAsync();
        Assert.Equal(
            (2, 2),
            (report.CountsOf(EventKind.Impression).Accepted, report.CountsOf(EventKind.Impression).Duplicate)
        );
        Assert.Equal("conflicting_duplicate", (string?)Assert.Single(await _ingest.RowsAsync("rejects"))["reason"]);
    }

    public void Dispose() => _ingest.Dispose();

    /// <summary>The shipped contract of impressions with its fields in the opposite order.</summary>
    private static CompiledContract ReversedContract()
    {
        var contract = JsonNode.Parse(ContractFile.ShippedText(Feed.Impressions))!.AsObject();
        var fields = contract["fields"]!.AsObject();
        contract["fields"] = new JsonObject(
            fields.Reverse().Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))
        );
        return ContractFile.Parse(contract.ToJsonString(), "reversed");
    }

    /// <summary>Ids of a table after files (name, content) were ingested one after the other, each into a lake of its
    /// own.</summary>
    private async Task<List<string>> IdsAsync(string table, params string[] files)
    {
        var ids = new List<string>();
        foreach (var file in files.Chunk(2))
        {
            if (Directory.Exists(_ingest.Lake))
                Directory.Delete(_ingest.Lake, recursive: true);
            var report = await _ingest.RunAsync(_ingest.Write(file[0], file[1]));
            Assert.Equal(0, report.TotalRejected);
            ids.AddRange((await _ingest.RowsAsync(table)).Select(row => (string)row["event_id"]!));
        }

        return ids;
    }
}
