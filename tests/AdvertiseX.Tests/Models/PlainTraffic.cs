using System.Globalization;
using AdvertiseX.Models;

namespace AdvertiseX.Tests.Models;

/// <summary>
/// What docs/terms.md says of clicks and of invalid traffic, as loops over all events: slow, and without anything that
/// the models do. Knows no descriptions, so all windows are the defaults.
/// </summary>
internal sealed class PlainTraffic
{
    private readonly TrafficRules _rules;
    private readonly List<Event> _impressions;
    private readonly List<Event> _clicks;

    public PlainTraffic(IReadOnlyList<(string Table, Dictionary<string, string> Record)> facts, TrafficRules rules)
    {
        _rules = rules;
        List<Event> Read(string table) =>
            [
                .. facts
                    .Where(fact => fact.Table == table)
                    .Select(fact => Event.Of(fact.Record))
                    .OrderBy(e => e.Time)
                    .ThenBy(e => e.Id, StringComparer.Ordinal),
            ];
        (_impressions, _clicks) = (Read("impressions"), Read("clicks"));
        FlagRates(_impressions, rules.MaxImpressionsPerMinute, "impression_rate");
        FlagRates(_clicks, rules.MaxClicksPerMinute, "click_rate");
        foreach (var click in _clicks)
            Judge(click);
    }

    /// <summary>Each click with its impression and its verdict, sorted.</summary>
    public List<string> Clicks() =>
        [
            .. _clicks
                .Select(click => PipeTable.Line([click.Id, ImpressionOf(click)?.Id ?? "", click.Reason]))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Each event that a rate made invalid, sorted.</summary>
    public List<string> Rates() =>
        [
            .. _impressions
                .Select(e => (Kind: "impression", Event: e))
                .Concat(_clicks.Select(e => (Kind: "click", Event: e)))
                .Where(e => e.Event.Reason.EndsWith("_rate", StringComparison.Ordinal))
                .Select(e => PipeTable.Line([e.Kind, e.Event.Id, e.Event.Reason]))
                .Order(StringComparer.Ordinal),
        ];

    private static void FlagRates(List<Event> events, int limit, string reason)
    {
        foreach (var one in events.Where(one => one.User is not null && one.Reason.Length == 0))
        {
            if (events.Count(other => other.User == one.User && other.Minute == one.Minute) > limit)
                one.Reason = reason;
        }
    }

    // In the order of time, so that the click kept last is known.
    private void Judge(Event click)
    {
        if (click.Reason.Length > 0)
            return;
        if (ImpressionOf(click) is { } impression)
        {
            if (impression.Reason.Length > 0)
                click.Reason = "invalid_impression";
            else if (click.Time - impression.Time < _rules.ClickAfterImpression)
                click.Reason = "click_too_soon";
        }

        if (click.Reason.Length > 0 || click.User is null || CampaignOf(click) is not { } campaign)
            return;
        var kept = _clicks
            .TakeWhile(other => other != click)
            .LastOrDefault(other =>
                other.Reason.Length == 0 && other.User == click.User && CampaignOf(other) == campaign
            );
        if (kept is not null && click.Time - kept.Time < _rules.RepeatedClick)
            click.Reason = "repeated_click";
    }

    private string? CampaignOf(Event click) => click.Campaign ?? ImpressionOf(click)?.Campaign;

    private Event? ImpressionOf(Event click) =>
        click.ImpressionId is { } id
            ? _impressions.Find(each =>
                each.Id == id && click.Time - each.Time is { Ticks: >= 0 } after && after <= TimeSpan.FromDays(30)
            )
            : _impressions
                .Where(each =>
                    click.User is not null
                    && each.User == click.User
                    && click.Campaign is not null
                    && each.Campaign == click.Campaign
                )
                .Where(each => each.Time <= click.Time && click.Time - each.Time <= TimeSpan.FromDays(1))
                .OrderByDescending(each => each.Time)
                .ThenBy(each => each.Id, StringComparer.Ordinal)
                .FirstOrDefault();

    private sealed class Event
    {
        public required string Id { get; init; }

        public required DateTime Time { get; init; }

        public string? User { get; init; }

        public string? Campaign { get; init; }

        public string? ImpressionId { get; init; }

        public string Reason { get; set; } = "";

        public long Minute => Time.Ticks / TimeSpan.TicksPerMinute;

        public static Event Of(Dictionary<string, string> record) =>
            new()
            {
                Id = record["event_id"],
                User = record.GetValueOrDefault("user_id"),
                Campaign = record.GetValueOrDefault("campaign_id"),
                Time = DateTime.Parse(record["event_time"], CultureInfo.InvariantCulture),
                ImpressionId = record.GetValueOrDefault("impression_id"),
                Reason = record.GetValueOrDefault("ivt_reason") ?? "",
            };
    }
}
