using AdvertiseX.Contracts;

namespace AdvertiseX.Tests.Contracts;

public class TimeFallbacksTests
{
    private const string Id = "\"event_id\": { \"from\": [\"id\"] }";

    [Theory]
    [InlineData("impressions", "\"file_date\"", "")]
    [InlineData("impressions", "\"received_time\"", Id)]
    [InlineData("impressions", "\"file_date\", \"received_time\"", Id)]
    [InlineData("clicks_conversions", "\"received_time\"", Id)]
    [InlineData(
        "clicks_conversions",
        "\"received_time\"",
        "\"click_id\": { \"from\": [\"k\"] }, \"conversion_id\": { \"from\": [\"v\"] }"
    )]
    public void What_a_contract_may_name(string feed, string fallback, string id) =>
        Assert.Equal(
            fallback,
            string.Join(
                ", ",
                Parse(feed, fallback, id).Source.Fields["event_time"].Fallback.Select(name => $"\"{name}\"")
            )
        );

    [Theory]
    [InlineData(
        "impressions",
        "\"mtime\"",
        Id,
        "x.json: fields.event_time.fallback names 'mtime'; allowed are file_date, received_time"
    )]
    [InlineData(
        "impressions",
        "\"file_date\", \"file_date\"",
        Id,
        "fallback twice; allowed are file_date, received_time, each once"
    )]
    [InlineData(
        "impressions",
        "\"received_time\"",
        "",
        "names 'received_time'; it is allowed only for events with an id of their own, and fields has no event_id with a source; allowed is file_date"
    )]
    [InlineData(
        "bid_requests",
        "\"received_time\"",
        "\"event_id\": { \"constant\": \"x\" }",
        "no event_id with a source"
    )]
    [InlineData(
        "clicks_conversions",
        "\"received_time\"",
        "\"click_id\": { \"from\": [\"k\"] }",
        "no event_id or conversion_id with a source"
    )]
    [InlineData(
        "impressions",
        "",
        "\"user_id\": { \"from\": [\"u\"], \"fallback\": [\"file_date\"] }",
        "fields.user_id.fallback is set; only event_time has a fallback"
    )]
    public void What_it_may_not_is_refused_with_key_value_and_what_is_allowed(
        string feed,
        string fallback,
        string id,
        string message
    ) => Assert.Contains(message, Assert.Throws<ContractException>(() => Parse(feed, fallback, id)).Message);

    private static CompiledContract Parse(string feed, string fallback, string more) =>
        ContractFile.Parse(
            $$"""
            { "name": "n", "feed": "{{feed}}", "kind": { "click": ["click"] },
              "fields": { "event_time": { "from": ["at"], "fallback": [{{fallback}}] }{{(
                more.Length > 0 ? "," : ""
            )}} {{more}} } }
            """,
            "x.json"
        );
}
