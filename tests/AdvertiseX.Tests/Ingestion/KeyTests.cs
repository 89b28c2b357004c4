using System.Text;
using System.Text.Json.Nodes;
using AdvertiseX.Columns;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>Keys of users, auctions, clicks and impressions: the stable hash of the id that the row has, null where it
/// has none.</summary>
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
        var lines = ids.Select(
            (id, i) =>
                table == "impressions"
                    ? $$"""{"impression_id":"i{{i}}","timestamp":"2024-03-01T10:00:0{{i}}Z","ad_creative_id":"c","auction_id":{{id}},"user_id":{{id}}}"""
                    : $$"""{"bid_request_id":"b{{i}}","timestamp":"2024-03-01T10:00:0{{i}}Z","auction_id":{{id}},"user_id":{{id}},"placement_id":"p","won":true}"""
        );
        _ingest.Write("events.ndjson", string.Join('\n', lines) + "\n");
        await _ingest.RunAsync();

        var rows = await _ingest.RowsAsync(table, withMade: true);
        Assert.Equal(["a-1", "4711", "a-2", "-7"], rows.Select(row => (string?)row["auction_id"]).OfType<string>());
        // A request without an auction is none.
        Assert.Equal(table == "impressions" ? 7 : 4, rows.Count);
        Assert.All(
            rows,
            row =>
                Assert.Equal(
                    (KeyOf(row["auction_id"]), KeyOf(row["user_id"])),
                    (Number(row["auction_key"]), Number(row["user_key"]))
                )
        );
    }

    [Fact]
    public async Task The_keys_of_the_events_that_a_click_or_a_conversion_names_are_theirs()
    {
        // Plain, a number, escaped, of several lengths; then one of zeros, which is none, and none.
        string[] ids =
        [
            "\"a-1\"",
            "4711",
            "\"a\\u002d2\"",
            "\"0f8fad5b-d9cb-469f-a165-70867728950e\"",
            "\"\u00e9\"",
            "\"0000-0000\"",
            "null",
        ];
        var impressions = ids.Select(
            (id, i) =>
                $$"""{"impression_id":{{id}},"timestamp":"2024-03-01T10:00:0{{i}}Z","ad_creative_id":"c","user_id":"u"}"""
        );
        var clicks = ids.Select(
            (id, i) =>
                $$"""{"event_id":{{id}},"event_timestamp":"2024-03-01T10:01:0{{i}}Z","conversion_type":"click","user_id":"u","ad_campaign_id":"k","impression_id":{{id}}}"""
        );
        var conversions = ids.Select(
            (id, i) =>
                $$"""{"event_id":"v{{i}}","event_timestamp":"2024-03-01T10:02:0{{i}}Z","conversion_type":"buy","user_id":"u","ad_campaign_id":"k","impression_id":{{id}},"click_id":{{id}}}"""
        );
        _ingest.Write("impressions.ndjson", string.Join('\n', impressions) + "\n");
        _ingest.Write("clicks_conversions.ndjson", string.Join('\n', clicks.Concat(conversions)) + "\n");
        await _ingest.RunAsync();

        var shown = await KeysByIdAsync("impressions", "event_id", "event_key");
        var clicked = await KeysByIdAsync("clicks", "event_id", "event_key");
        var named = await KeysByIdAsync("conversions", "impression_id", "impression_key");
        Assert.Equal(
            ["0f8fad5b-d9cb-469f-a165-70867728950e", "4711", "a-1", "a-2", "\u00e9"],
            named.Keys.Order(StringComparer.Ordinal)
        );
        Assert.All(named, each => Assert.Equal(shown[each.Key], each.Value));
        Assert.Equal(named, await KeysByIdAsync("clicks", "impression_id", "impression_key"));
        var via = await KeysByIdAsync("conversions", "click_id", "click_key");
        Assert.Equal(named.Keys, via.Keys);
        Assert.All(via, each => Assert.Equal(clicked[each.Key], each.Value));
        Assert.All(
            await _ingest.RowsAsync("conversions", withMade: true),
            row => Assert.Equal(row["click_id"] is null, row["click_key"] is null)
        );
    }

    public void Dispose() => _ingest.Dispose();

    private async Task<Dictionary<string, long>> KeysByIdAsync(string table, string id, string key) =>
        (await _ingest.RowsAsync(table, withMade: true))
            .Where(row => row[id] is not null)
            .ToDictionary(row => (string)row[id]!, row => (long)row[key]!);

    private static long? Number(JsonNode? cell) => (long?)cell;

    private static long? KeyOf(JsonNode? id) =>
        (string?)id is { } text ? (long)StableHash.Hash64(Encoding.UTF8.GetBytes(text)) : null;
}
