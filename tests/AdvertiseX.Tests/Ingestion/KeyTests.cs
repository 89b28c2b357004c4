using System.Text;
using System.Text.Json.Nodes;
using AdvertiseX.Columns;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>Keys of users and auctions: the stable hash of the id that the row has, null where it has none.</summary>
public sealed class KeyTests : IDisposable
{
    private readonly TempIngest _ingest = new();

    [Theory]
    [InlineData("impressions")]
    [InlineData("bid_requests")]
    public async Task The_key_of_an_id_is_the_hash_of_its_text(string table)
    {
        // Plain, a number, escaped, absent in words, all zeros, none; then users the same way.
        string[] ids = ["\"a-1\"", "4711", "\"a\\u002d2\"", "\"\\u006eull\"", "\"0000-0000\"", "null", "\"-7\""];
        var lines = ids.Select((id, i) => table == "impressions"
            ? $$"""{"impression_id":"i{{i}}","timestamp":"2024-03-01T10:00:0{{i}}Z","ad_creative_id":"c","auction_id":{{id}},"user_id":{{id}}}"""
            : $$"""{"bid_request_id":"b{{i}}","timestamp":"2024-03-01T10:00:0{{i}}Z","auction_id":{{id}},"user_id":{{id}},"placement_id":"p","won":true}""");
        _ingest.Write("events.ndjson", string.Join('\n', lines) + "\n");
        await _ingest.RunAsync();

        var rows = await _ingest.RowsAsync(table, withMade: true);
        Assert.Equal(["a-1", "4711", "a-2", "-7"], rows.Select(row => (string?)row["auction_id"]).OfType<string>());
        // A request without an auction is none.
        Assert.Equal(table == "impressions" ? 7 : 4, rows.Count);
        Assert.All(rows, row => Assert.Equal((KeyOf(row["auction_id"]), KeyOf(row["user_id"])), (Number(row["auction_key"]), Number(row["user_key"]))));
    }

    public void Dispose() => _ingest.Dispose();

    private static long? Number(JsonNode? cell) => (long?)cell;

    private static long? KeyOf(JsonNode? id) => (string?)id is { } text ? (long)StableHash.Hash64(Encoding.UTF8.GetBytes(text)) : null;
}
