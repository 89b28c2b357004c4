namespace AdvertiseX.Tests.Models.Naive;

/// <summary>
/// Which impression a click came from, which touches a conversion has, and what is invalid: the words of docs/terms.md
/// (Links, Invalid traffic) event by event in the order of time, with the limits that nobody changed.
/// </summary>
internal sealed class NaiveLinks(NaiveFacts facts, NaiveBook book)
{
    private const long Day = 24L * 3_600_000_000;
    private readonly Dictionary<string, NaiveImpression> _impressions = facts.Impressions.ToDictionary(each => each.Id);
    private readonly Dictionary<string, NaiveClick> _clicks = facts.Clicks.ToDictionary(each => each.Id);

    public void Resolve()
    {
        FlagRates(facts.Impressions, 60, "impression_rate");
        FlagRates(facts.Clicks, 10, "click_rate");
        MatchClicks();
        JudgeClicks();
        KnowAdvertisers();
        CollectTouches();
        SettleOrders();
        MatchAdjustments();
    }

    public static List<TValue> In<TKey, TValue>(Dictionary<TKey, List<TValue>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
            lists[key] = list = [];
        return list;
    }

    private static void FlagRates(IEnumerable<NaiveEvent> events, int limit, string reason)
    {
        foreach (
            var minute in events
                .Where(each => each.User is not null)
                .GroupBy(each => (each.User, each.Minute))
                .Where(minute => minute.Count() > limit)
        )
        {
            foreach (var each in minute)
                each.Reason ??= reason;
        }
    }

    private void MatchClicks()
    {
        var views = new Dictionary<(string User, string Campaign), List<NaiveImpression>>();
        foreach (var view in facts.Impressions)
        {
            if (view is { User: { } user, Campaign: { } campaign })
                In(views, (user, campaign)).Add(view);
        }

        foreach (var click in facts.Clicks)
        {
            click.Campaign ??= book.CampaignOfCreative(click.Creative);
            if (click.CarriedImpression is { } id)
                click.Impression =
                    _impressions.TryGetValue(id, out var carried)
                    && click.Micros - carried.Micros is >= 0 and <= 30 * Day
                        ? carried
                        : null;
            else if (
                click is { User: { } user, Campaign: { } campaign }
                && views.TryGetValue((user, campaign), out var seen)
            )
                click.Impression = book.ClickWindow(campaign) is > 0 and var window
                    ? Latest(seen, click.Micros, window)
                    : null;
            if (click.Impression is not { } impression)
                continue;
            click.Basis = click.CarriedImpression is null ? "user_campaign" : "impression_id";
            Complete(click, impression);
        }

        foreach (var click in facts.Clicks.Where(each => each.Impression is null))
            click.AdGroup = book.AdGroupOfCreative(click.Creative);
    }

    // In the order of time and id, so the first of those that share the latest time has the smallest id.
    private static NaiveImpression? Latest(List<NaiveImpression> views, long micros, long window)
    {
        NaiveImpression? latest = null;
        foreach (var view in views)
        {
            if (view.Micros > micros)
                break;
            if (micros - view.Micros <= window && (latest is null || view.Micros > latest.Micros))
                latest = view;
        }

        return latest;
    }

    private void Complete(NaiveClick click, NaiveImpression impression)
    {
        click.AdGroup =
            click.Creative is null || click.Creative == impression.Creative
                ? impression.AdGroup
                : book.AdGroupOfCreative(click.Creative);
        click.Campaign ??= impression.Campaign;
        click.Advertiser ??= impression.Advertiser;
        click.Creative ??= impression.Creative;
        click.SiteId ??= impression.SiteId;
        click.Domain ??= impression.Domain;
        click.Device ??= impression.Device;
        click.Country ??= impression.Country;
        click.Region = impression.Region;
        click.Category = impression.Category;
    }

    private void JudgeClicks()
    {
        var kept = new Dictionary<(string User, string Campaign), long>();
        foreach (var click in facts.Clicks)
        {
            if (click.Impression?.Reason is not null)
                click.Reason ??= "invalid_impression";
            if (click.Impression is { } impression && click.Micros - impression.Micros < 300_000)
                click.Reason ??= "click_too_soon";
            if (click.Reason is not null || click is not { User: { } user, Campaign: { } campaign })
                continue;
            if (kept.TryGetValue((user, campaign), out var last) && click.Micros - last < 2_000_000)
                click.Reason = "repeated_click";
            else
                kept[(user, campaign)] = click.Micros;
        }
    }

    private void KnowAdvertisers()
    {
        foreach (var conversion in facts.Conversions.Concat(facts.Adjustments))
            conversion.Advertiser = book.AdvertiserOf(conversion.Campaign) ?? conversion.Advertiser;
    }

    private static string HolderOf(NaiveConversion conversion) =>
        conversion.Advertiser is { } advertiser ? "advertiser " + advertiser
        : conversion.Campaign is { } campaign ? "campaign " + campaign
        : "conversion " + conversion.Id;

    private void SettleOrders()
    {
        foreach (
            var order in facts
                .Conversions.Where(each => each.Order is not null && each.Reason is null)
                .GroupBy(each => (HolderOf(each), each.PlainType, each.Order))
        )
        {
            // In the order of time and id, so the first counts.
            foreach (var repeat in order.Skip(1))
                repeat.IsDuplicateOrder = true;
        }
    }

    private void MatchAdjustments()
    {
        var orders = facts.Conversions.Where(each => each.Order is not null).ToLookup(each => each.Order!);
        foreach (var adjustment in facts.Adjustments.Where(each => each.Order is not null))
        {
            var holders = orders[adjustment.Order!]
                .Where(each => IsOfOneHolder(adjustment, each))
                .Select(HolderOf)
                .Distinct()
                .ToList();
            if (holders is not [var holder])
                continue;
            adjustment.Adjusts = orders[adjustment.Order!]
                .Where(each => HolderOf(each) == holder)
                .GroupBy(each => each.PlainType)
                .Select(order => order.FirstOrDefault(each => each.Reason is null) ?? order.First())
                .OrderBy(each => each.PlainType == adjustment.PlainType ? 0 : 1)
                .ThenByDescending(each => each.Revenue ?? -1)
                .ThenBy(each => each.Micros)
                .ThenBy(each => each.Id, StringComparer.Ordinal)
                .First();
        }

        foreach (var taken in facts.Adjustments.Where(each => each.Adjusts is not null).GroupBy(each => each.Adjusts!))
            SettleAmounts(taken.Key, taken);
    }

    private static bool IsOfOneHolder(NaiveConversion adjustment, NaiveConversion conversion)
    {
        if (adjustment.Advertiser is null && adjustment.Campaign is null)
            return true;
        return adjustment.Advertiser is not null && conversion.Advertiser is not null
            ? adjustment.Advertiser == conversion.Advertiser
            : adjustment.Campaign is not null && adjustment.Campaign == conversion.Campaign;
    }

    private void SettleAmounts(NaiveConversion conversion, IEnumerable<NaiveConversion> adjustments)
    {
        string? KnownCurrency(NaiveConversion each) => each.Currency ?? book.CurrencyOf(each.Campaign);
        var left = conversion.Revenue;
        foreach (var each in adjustments)
        {
            if (each.Revenue is not { } given)
            {
                (each.Amount, each.AmountCurrency) = (
                    left is { } rest ? -Math.Max(0, rest) : null,
                    conversion.Currency
                );
                left += each.Amount;
                continue;
            }

            each.AmountCurrency = each.Currency ?? conversion.Currency;
            if (each.Currency is null || KnownCurrency(each) == KnownCurrency(conversion))
                left += given;
        }
    }

    private void CollectTouches()
    {
        var clicks = facts.Clicks.Where(each => each.User is not null).ToLookup(each => each.User!);
        var views = facts.Impressions.Where(each => each.User is not null).ToLookup(each => each.User!);
        foreach (var conversion in facts.Conversions)
        {
            var own = conversion.User ?? "";
            Collect(
                conversion,
                clicks[own],
                conversion.CarriedClick is { } click ? _clicks.GetValueOrDefault(click) : null,
                isClick: true
            );
            if (conversion.Touches.Count == 0)
                Collect(
                    conversion,
                    views[own],
                    conversion.CarriedImpression is { } view ? _impressions.GetValueOrDefault(view) : null,
                    isClick: false
                );
            conversion.Touches.Sort(
                (a, b) => a.Micros != b.Micros ? a.Micros.CompareTo(b.Micros) : string.CompareOrdinal(b.Id, a.Id)
            );
            if (conversion.Touches is [.., NaiveClick last] && conversion.Micros - last.Micros < 1_000_000)
                conversion.Reason ??= "conversion_too_soon";
        }
    }

    private void Collect(NaiveConversion conversion, IEnumerable<NaiveEvent> ofUser, NaiveEvent? carried, bool isClick)
    {
        foreach (
            var touch in ofUser
                .Where(each => each != carried && HasSameAdvertiser(each, conversion))
                .Concat(carried is null ? [] : [carried])
        )
        {
            var age = conversion.Micros - touch.Micros;
            var window = book.ConversionWindow(touch.Campaign, isClick);
            if (window > 0 && age >= 0 && age <= window)
                conversion.Touches.Add(touch);
        }
    }

    private bool HasSameAdvertiser(NaiveEvent touch, NaiveConversion conversion)
    {
        var advertiser = book.AdvertiserOf(touch.Campaign) ?? touch.Advertiser;
        return advertiser is not null && conversion.Advertiser is not null
            ? advertiser == conversion.Advertiser
            : touch.Campaign is not null && touch.Campaign == conversion.Campaign;
    }
}
