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
