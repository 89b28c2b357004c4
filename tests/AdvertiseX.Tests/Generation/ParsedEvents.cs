using System.Globalization;
using System.Text.Json;

namespace AdvertiseX.Tests.Generation;

internal sealed record ParsedImpression(
    string Id,
    long Time,
    string? User,
    string Campaign,
    string Creative,
    decimal Cost,
    string Ip,
    string? UserAgent,
    string Raw
);

internal sealed record ParsedAction(
    string Id,
    long Time,
    string? User,
    string Campaign,
    string Kind,
    string? ImpressionId,
    string? ClickId,
    string? Order,
    decimal? Revenue,
    decimal Cost,
    string Currency,
    string Ip,
    string UserAgent
)
{
    public bool IsRefund => Kind == "refund";

    public bool IsClick => Kind.StartsWith("click", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Reads lines with System.Text.Json and a CSV reader of the tests' own.</summary>
internal static class ParsedEvents
{
    private static readonly string[] Header = Csv.Fields(
                "event_timestamp,event_id,user_id,ad_campaign_id,conversion_type,creative_id,impression_id,click_id,order_id,revenue,"
                    + "cost,currency,page_url,ip,user_agent,product"
            )!
        .ToArray();

    public static ParsedImpression Impression(string line, IReadOnlyDictionary<string, string> campaignOfCreative)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var creative = Text(root, "ad_creative_id") ?? Text(root, "ad_id") ?? throw new FormatException("no creative");
        var campaign = Text(root, "campaign_id") ?? Text(root, "ad_campaign_id") ?? campaignOfCreative[creative];
        var time = root.TryGetProperty("ts", out var micros) ? micros.GetInt64() : Micros(Text(root, "timestamp")!);
        var cost = root.TryGetProperty("cost", out var amount) ? amount.GetDecimal() : 0;
        return new ParsedImpression(
            Text(root, "impression_id")!,
            time,
            Text(root, "user_id") ?? Text(root, "uid"),
            campaign,
            creative,
            cost,
            Text(root, "ip")!,
            Text(root, "user_agent"),
            line
        );
    }

    public static Dictionary<string, string>? ActionRow(string line) => Csv.Row(Header, line);

    public static ParsedAction Action(string line)
    {
        var row = ActionRow(line) ?? throw new FormatException(line);
        return new ParsedAction(
            row["event_id"],
            Micros(row["event_timestamp"]),
            OrNull(row["user_id"]),
            row["ad_campaign_id"],
            row["conversion_type"],
            OrNull(row["impression_id"]),
            OrNull(row["click_id"]),
            OrNull(row["order_id"]),
            row["revenue"] == "" ? null : Amount(row["revenue"]),
            row["cost"] == "" ? 0 : Amount(row["cost"]),
            row["currency"],
            row["ip"],
            row["user_agent"]
        );
    }

    public static long Micros(string time) =>
        (DateTimeOffset.Parse(time, CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).Ticks / 10;

    private static decimal Amount(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static string? OrNull(string text) => text == "" ? null : text;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
