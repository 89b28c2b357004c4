using System.Globalization;
using System.Text;
using AdvertiseX.Generation;
using NodaTime;

namespace AdvertiseX.Tests.Generation;

/// <summary>
/// The truth computed a second time from nothing but the accepted lines and the reference files, by comparing every
/// event with every event of the same user.
/// </summary>
internal sealed class BruteForceTruth
{
    private const long Hour = 3_600_000_000;
    private const long Minute = 60_000_000;
    private readonly Dictionary<string, Dictionary<string, string>> _campaigns;
    private readonly ILookup<string, Dictionary<string, string>> _rates;
    private readonly ILookup<string, ParsedImpression> _views;
    private readonly ILookup<string, ParsedAction> _clicks;
    private readonly Dictionary<string, ParsedImpression> _viewById;
    private readonly Dictionary<string, ParsedAction> _clickById;

    public BruteForceTruth(GeneratedSet set)
    {
        _campaigns = Csv.Read(set.PathOf("reference/campaigns.csv")).ToDictionary(row => row["campaign_id"]);
        _rates = Csv.Read(set.PathOf("reference/campaign_rates.csv")).ToLookup(row => row["campaign_id"]);
        var creatives = Csv.Read(set.PathOf("reference/creatives.csv"))
            .ToDictionary(row => row["creative_id"], row => row["campaign_id"]);
        var accepted = set.Lines.Where(set.IsAccepted).ToList();
        Impressions =
        [
            .. accepted.Where(line => line.IsImpression).Select(line => ParsedEvents.Impression(line.Text, creatives)),
        ];
        var actions = accepted
            .Where(line => !line.IsImpression)
            .Select(line => ParsedEvents.Action(line.Text))
            .ToList();
        Clicks = [.. actions.Where(action => action.IsClick)];
        Conversions = [.. actions.Where(action => !action.IsClick && !action.IsRefund).OrderBy(action => action.Time)];
        Refunds = [.. actions.Where(action => action.IsRefund)];
        _views = Impressions.Where(view => view.User != null).ToLookup(view => view.User!);
        _clicks = Clicks.Where(click => click.User != null).ToLookup(click => click.User!);
        _viewById = Impressions.ToDictionary(view => view.Id);
        _clickById = Clicks.ToDictionary(click => click.Id);
    }

    public List<ParsedImpression> Impressions { get; }
    public List<ParsedAction> Clicks { get; }
    public List<ParsedAction> Conversions { get; }
    public List<ParsedAction> Refunds { get; }

    public (string? Impression, string Basis) Match(ParsedAction click)
    {
        if (click.ImpressionId is { } id)
            return _viewById.TryGetValue(id, out var named) && click.Time - named.Time <= 720 * Hour
                ? (id, "impression_id")
                : (null, "unmatched");
        var window = Window(click.Campaign, "click_window", 24);
        var best = (click.User == null ? [] : _views[click.User])
            .Where(view =>
                view.Campaign == click.Campaign && view.Time <= click.Time && click.Time - view.Time <= window
            )
            .OrderByDescending(view => view.Time)
            .ThenBy(view => view.Id, StringComparer.Ordinal)
            .FirstOrDefault();
        return best is null ? (null, "unmatched") : (best.Id, "user_campaign");
    }

    /// <summary>Eligible touches, first to last.</summary>
    public List<(string Kind, string Id, long Time, string Campaign)> Touches(ParsedAction conversion)
    {
        var group = Group(conversion.Campaign);
        var clicks =
            conversion.User == null
                ? []
                : _clicks[conversion.User]
                    .Where(click => Group(click.Campaign) == group)
                    .Where(click =>
                        Within(click.Time, conversion.Time, Window(click.Campaign, "conversion_click_window", 720))
                    );
        var eligible = clicks.Select(click => ("click", click.Id, click.Time, click.Campaign)).ToList();
        if (conversion.ClickId is { } clickId && _clickById.TryGetValue(clickId, out var carried))
            eligible.Add(("click", carried.Id, carried.Time, carried.Campaign));
        if (eligible.Count == 0)
        {
            var views =
                conversion.User == null
                    ? []
                    : _views[conversion.User]
                        .Where(view => Group(view.Campaign) == group)
                        .Where(view => Within(view.Time, conversion.Time, Window(view.Campaign, "view_window", 24)));
            eligible = [.. views.Select(view => ("view", view.Id, view.Time, view.Campaign))];
            if (conversion.ImpressionId is { } viewId && _viewById.TryGetValue(viewId, out var view))
                eligible.Add(("view", view.Id, view.Time, view.Campaign));
        }

        return
        [
            .. eligible
                .Distinct()
                .OrderBy(touch => touch.Item3)
                .ThenByDescending(touch => touch.Item2, StringComparer.Ordinal),
        ];
    }

    public HashSet<string> DuplicateOrders() =>
        [
            .. Conversions
                .Where(conversion => conversion.Order != null && !IsTooSoon(conversion, Touches(conversion)))
                .GroupBy(conversion => (Group(conversion.Campaign), conversion.Kind, conversion.Order))
                .SelectMany(group => group.OrderBy(conversion => conversion.Time).Skip(1))
                .Select(conversion => conversion.Id),
        ];

    /// <summary>The conversion that a refund takes back: the first valid one of its order, else the first.</summary>
    public ParsedAction? Refunded(ParsedAction refund) =>
        Conversions
            .Where(conversion =>
                conversion.Order == refund.Order && Group(conversion.Campaign) == Group(refund.Campaign)
            )
            .OrderBy(conversion => IsTooSoon(conversion, Touches(conversion)))
            .ThenBy(conversion => conversion.Time)
            .FirstOrDefault();

    /// <summary>Whether a conversion came within a second of its last eligible click.</summary>
    public static bool IsTooSoon(
        ParsedAction conversion,
        List<(string Kind, string Id, long Time, string Campaign)> touches
    ) => touches is [.., ("click", _, var time, _)] && conversion.Time - time < 1_000_000;

    public bool IsPrimary(string campaign, string type) =>
        !_campaigns.TryGetValue(campaign, out var row)
        || row["primary_conversion_types"] == ""
        || row["primary_conversion_types"].Split('|').Contains(type);

    public string CurrencyOf(string campaign) =>
        _campaigns.TryGetValue(campaign, out var row) ? row["currency"] : "USD";

    public string LocalDate(string campaign, long time)
    {
        var zone =
            _campaigns.TryGetValue(campaign, out var row) && row["time_zone"] != "" ? row["time_zone"] : "Etc/UTC";
        var local = Instant.FromUnixTimeTicks(time * 10).InZone(DateTimeZoneProviders.Tzdb[zone]).Date;
        return local.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <summary>The campaign's pricing model and its rate at a time in micros.</summary>
    public (string Model, long Rate) Pricing(string campaign, long time)
    {
        foreach (var row in _rates[campaign])
        {
            var from = row["valid_from"] == "" ? long.MinValue : ParsedEvents.Micros(row["valid_from"]);
            var to = row["valid_to"] == "" ? long.MaxValue : ParsedEvents.Micros(row["valid_to"]);
            if (time >= from && time < to)
                return (
                    row["pricing_model"],
                    (long)(decimal.Parse(row["rate"], CultureInfo.InvariantCulture) * 1_000_000)
                );
        }

        return ("", 0);
    }

    /// <summary>Why a click is invalid by what lies around it; empty if it is not. Nothing is asked of clicks that
    /// their row makes invalid.</summary>
    public Dictionary<string, string> Verdicts(IReadOnlySet<string> invalidByRow)
    {
        var fast = InvalidByRate().ToHashSet();
        var crowded = Crowded(Clicks.Select(click => (click.User, click.Time)), 10);
        var kept = new Dictionary<(string, string), long>();
        var verdicts = new Dictionary<string, string>();
        foreach (
            var click in Clicks
                .Where(click => !invalidByRow.Contains(click.Id))
                .OrderBy(click => click.Time)
                .ThenBy(click => click.Id, StringComparer.Ordinal)
        )
        {
            var view = Match(click).Impression is { } id ? _viewById[id] : null;
            var verdict =
                crowded.Contains((click.User, click.Time / Minute)) ? "click_rate"
                : view is not null && (IsInvalidByRow(view) || fast.Contains(view.Id)) ? "invalid_impression"
                : view is not null && click.Time - view.Time < 300_000 ? "click_too_soon"
                : click.User is not null
                && kept.TryGetValue((click.User, click.Campaign), out var last)
                && click.Time - last < 2_000_000
                    ? "repeated_click"
                : "";
            verdicts[click.Id] = verdict;
            if (verdict == "" && click.User is not null)
                kept[(click.User, click.Campaign)] = click.Time;
        }

        return verdicts;
    }

    /// <summary>Impressions of minutes in which their user saw more than sixty.</summary>
    public IEnumerable<string> InvalidByRate()
    {
        var crowded = Crowded(Impressions.Select(view => (view.User, view.Time)), 60);
        return Impressions
            .Where(view => crowded.Contains((view.User, view.Time / Minute)) && !IsInvalidByRow(view))
            .Select(view => view.Id);
    }

    public static bool IsInvalidByRow(ParsedImpression view) =>
        (
            view.UserAgent is { } agent
            && !(
                agent.StartsWith("Mozilla", StringComparison.Ordinal)
                && !agent.Contains("bot", StringComparison.OrdinalIgnoreCase)
            )
        )
        || DevicesAndPlaces.DataCentreNetworks.Any(network =>
            view.Ip.StartsWith(Encoding.UTF8.GetString(network) + ".", StringComparison.Ordinal)
        );

    private static HashSet<(string? User, long Minute)> Crowded(
        IEnumerable<(string? User, long Time)> events,
        int limit
    ) =>
        [
            .. events
                .Where(each => each.User is not null)
                .GroupBy(each => (each.User, each.Time / Minute))
                .Where(group => group.Count() > limit)
                .Select(group => group.Key),
        ];

    private static bool Within(long touch, long conversion, long window) =>
        touch <= conversion && conversion - touch <= window;

    private string Group(string campaign) =>
        _campaigns.TryGetValue(campaign, out var row) ? row["advertiser_id"] : campaign;

    private long Window(string campaign, string column, int defaultHours)
    {
        var text = _campaigns.TryGetValue(campaign, out var row) ? row[column] : "";
        return text switch
        {
            "" => defaultHours * Hour,
            "12h" => 12 * Hour,
            "PT6H" => 6 * Hour,
            "7d" => 168 * Hour,
            "P2D" => 48 * Hour,
            _ => throw new FormatException($"{column} is '{text}'"),
        };
    }
}
