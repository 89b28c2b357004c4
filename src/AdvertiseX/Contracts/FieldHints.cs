using AdvertiseX.Events;

namespace AdvertiseX.Contracts;

/// <summary>Words and shapes that suggest a canonical field where no spelling is known.</summary>
internal static class FieldHints
{
    private static readonly ValueShape[] Ids =
    [
        ValueShape.Text,
        ValueShape.Integer,
        ValueShape.Country,
        ValueShape.Currency,
        ValueShape.Boolean,
    ];
    private static readonly ValueShape[] Amounts = [ValueShape.Decimal, ValueShape.Integer];
    private static readonly ValueShape[] Words = [ValueShape.Text, ValueShape.Country, ValueShape.Currency];

    // In this order: a field taken by an earlier hint is not asked again, so the telling shapes and the narrow words
    // come first.
    private static readonly Hint[] All =
    [
        new("event_time", [ValueShape.Time], []),
        new("ip", [ValueShape.Address], []),
        new("user_agent", [ValueShape.UserAgent], []),
        new("page_url", [ValueShape.Url], []),
        new("currency", [ValueShape.Currency], ["cur", "ccy"]),
        new("country", [ValueShape.Country], ["country", "geo", "nation", "cc", "land"]),
        new("floor_cpm_micros", Amounts, ["floor", "reserve"]),
        new("clearing_cpm_micros", Amounts, ["clear", "settle", "winprice", "paid"]),
        new("bid_cpm_micros", Amounts, ["bid", "price", "offer"]),
        new("revenue_micros", Amounts, ["revenue", "value", "amount", "total", "sales"]),
        new("cost_micros", Amounts, ["cost", "price", "spend", "cpm", "cpc"]),
        new("won", [ValueShape.Boolean], ["won", "win"]),
        new("is_viewable", [ValueShape.Boolean], ["view"]),
        new("auction_id", Ids, ["auction", "bidid"]),
        new("order_id", Ids, ["order", "transaction", "invoice", "purchaseid"]),
        new("kind", Words, ["type", "action", "kind", "event", "goal"]),
        new("campaign_id", Ids, ["campaign", "cmpgn", "cmp"]),
        new("creative_id", Ids, ["creative", "banner", "asset", "adid"]),
        new("placement_id", Ids, ["placement", "slot", "adunit", "position"]),
        new("advertiser_id", Ids, ["advertiser", "brand"]),
        new("site_id", Ids, ["publisher", "siteid", "appid"]),
        new("user_id", Ids, ["user", "visitor", "cookie", "viewer", "customer", "member", "uid"]),
        new("device_type", Words, ["device", "platform", "formfactor"]),
        new("region", Words, ["region", "state", "province"]),
        new("city", Words, ["city", "town"]),
        new("event_id", Ids, ["impression", "imp", "eventid", "recordid", "logid", "guid"]),
    ];

    /// <summary>Canonical fields of a feed that a source field suggests, best first.</summary>
    public static IEnumerable<string> For(Feed feed, SampledField source)
    {
        var allowed = ContractFields.Of(feed);
        return All.Where(hint => hint.Fits(source) && allowed.Contains(hint.Field)).Select(hint => hint.Field);
    }

    /// <summary>The unit that a money field's name tells, or null for the contract's usual one.</summary>
    public static string? UnitOf(SampledField source) =>
        source.BareName.Contains("micro", StringComparison.Ordinal) ? "micros"
        : source.BareName.Contains("cpm", StringComparison.Ordinal) ? "per_mille"
        : null;

    private sealed record Hint(string Field, IReadOnlyList<ValueShape> Shapes, IReadOnlyList<string> Names)
    {
        // An epoch is just a number unless its name speaks of time.
        private static readonly string[] TimeWords = ["time", "date", "stamp", "when", "ts"];

        public bool Fits(SampledField source) =>
            Shapes.Contains(source.Shape)
            && !IsBareNumber(source)
            && (Names.Count == 0 || Names.Any(word => source.BareName.Contains(word, StringComparison.Ordinal)));

        private static bool IsBareNumber(SampledField source) =>
            source.Shape == ValueShape.Time
            && source.Values.All(value => value.All(char.IsAsciiDigit))
            && !TimeWords.Any(word => source.BareName.Contains(word, StringComparison.Ordinal));
    }
}
