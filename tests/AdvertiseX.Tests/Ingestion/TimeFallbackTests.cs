using AdvertiseX.Contracts;
using AdvertiseX.Events;

namespace AdvertiseX.Tests.Ingestion;

public sealed class TimeFallbackTests : IDisposable
{
    private const string Timeless = """
        {"id":"1","user":"u1","creative":"k1"}
        {"id":"2","user":"u2","creative":"k1","note":"x"}

        """;

    private readonly TempIngest _ingest = new();

    public void Dispose() => _ingest.Dispose();

    [Theory]
    [InlineData("received_time", "a.ndjson", "b.ndjson")]
    [InlineData("file_date", "a-2024-03-08.ndjson", "b-2024-03-08.ndjson")]
    [InlineData("file_date", "a-2024-03-08.ndjson", "b-2024-03-06.ndjson")]
    public async Task The_same_read_again_on_another_day_is_all_duplicates(string fallback, string first, string second)
    {
        Use(fallback);
        _ingest.Write(first, Timeless);
        var begun = await _ingest.RunAsync();
        var rows = await _ingest.RowsAsync("impressions", withMade: true);

        _ingest.Clock.Now += TimeSpan.FromDays(2);
        _ingest.Write(second, Timeless);
        var again = await _ingest.RunAsync();

        Assert.Equal(2, begun.CountsOf(EventKind.Impression).Accepted);
        Assert.Equal(2, again.CountsOf(EventKind.Impression).Duplicate);
        Assert.Equal(0, again.CountsOf(EventKind.Impression).Rejected);
        Assert.Equal(
            rows.Select(r => r.ToJsonString()),
            (await _ingest.RowsAsync("impressions", withMade: true)).Select(r => r.ToJsonString())
        );
        await _ingest.VerifyAsync();
    }

    [Fact]
    public async Task Another_payload_under_the_id_is_still_a_conflict()
    {
        Use("received_time");
        _ingest.Write("a.ndjson", Timeless);
        await _ingest.RunAsync();
        _ingest.Clock.Now += TimeSpan.FromDays(1);
        _ingest.Write("b.ndjson", Timeless.Replace("\"k1\",\"note\":\"x\"", "\"k2\""));

        var counts = (await _ingest.RunAsync()).CountsOf(EventKind.Impression);

        Assert.Equal((1, 1), (counts.Duplicate, counts.Rejected));
        Assert.Equal("conflicting_duplicate", (string?)Assert.Single(await _ingest.RowsAsync("rejects"))["reason"]);
    }

    [Fact]
    public async Task A_natural_key_has_the_day_of_the_file()
    {
        Use("file_date");
        var nameless = "{\"user\":\"u1\",\"creative\":\"k1\"}\n";
        _ingest.Write("2024-03-07.ndjson", nameless);
        _ingest.Write("2024-03-08.ndjson", nameless);
        _ingest.Write("again-2024-03-08.ndjson", nameless);

        var counts = (await _ingest.RunAsync()).CountsOf(EventKind.Impression);

        Assert.Equal((2, 1), (counts.Accepted, counts.Duplicate));
    }

    [Fact]
    public async Task The_first_choice_that_holds_is_taken()
    {
        Use("received_time", "file_date");
        _ingest.Write("2024-03-08.ndjson", Timeless + "{\"user\":\"u1\",\"creative\":\"k1\"}\n");

        await _ingest.RunAsync();

        Assert.Equal(
            ["2024-03-10 00:00:00+00", "2024-03-10 00:00:00+00", "2024-03-08 00:00:00+00"],
            (await _ingest.RowsAsync("impressions")).Select(row => (string?)row["event_time"])
        );
    }

    [Fact]
    public async Task A_day_that_begins_after_midnight_begins_there()
    {
        // Summer time began in Beirut at midnight of 2022-03-27: the day's first instant is 01:00 local time, +3.
        Use("Asia/Beirut", ["file_date"]);
        _ingest.Write("2022-03-27.ndjson", Timeless);

        await _ingest.RunAsync();

        Assert.All(
            await _ingest.RowsAsync("impressions"),
            row => Assert.Equal("2022-03-26 22:00:00+00", (string?)row["event_time"])
        );
    }

    [Fact]
    public async Task Where_the_time_is_there_a_fallback_changes_nothing()
    {
        var timed =
            "{\"at\":\"2024-03-01T10:00:00Z\",\"user\":\"u1\",\"creative\":\"k1\"}\n{\"id\":\"1\",\"at\":\"2024-03-01T11:00:00Z\",\"creative\":\"k1\"}\n";
        Use("file_date", "received_time");
        _ingest.Write("2024-03-08.ndjson", timed);
        await _ingest.RunAsync();
        var with = await _ingest.RowsAsync("impressions", withMade: true);

        using var other = new TempIngest { Contracts = [ContractWith("UTC", [])] };
        var file = other.Write("2024-03-08.ndjson", timed);
        await other.RunAsync(Feed.Impressions, default, file);
        var without = await other.RowsAsync("impressions", withMade: true);

        Assert.Equal(2, with.Count);
        foreach (var column in new[] { "event_id", "event_time", "payload_hash" })
            Assert.Equal(
                without.Select(row => row[column]!.ToJsonString()),
                with.Select(row => row[column]!.ToJsonString())
            );
    }

    private void Use(params string[] fallback) => Use("UTC", fallback);

    private void Use(string zone, string[] fallback) => _ingest.Contracts = [ContractWith(zone, fallback)];

    private static CompiledContract ContractWith(string zone, string[] fallback) =>
        ContractFile.Parse(
            $$"""
            { "name": "timeless", "feed": "impressions", "zone": "{{zone}}", "recognise": { "has": [["creative_id"]] },
              "fields": {
                "event_id": { "from": ["id"] }, "user_id": { "from": ["user"] }, "creative_id": { "from": ["creative"] },
                "event_time": { "from": ["at"], "fallback": [{{string.Join(
                ", ",
                fallback.Select(name => $"\"{name}\"")
            )}}] } } }
            """,
            "timeless.json"
        );
}
