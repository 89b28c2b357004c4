using System.Globalization;

namespace AdvertiseX.Tests.Models.Naive;

/// <summary>Campaigns' days, whole and in every dimension, by adding one event at a time (docs/terms.md,
/// Metrics).</summary>
internal sealed class NaivePerformance
{
    public static readonly string[] Columns =
    [
        "impressions",
        "net_impressions",
        "measured",
        "viewable",
        "net_measured",
        "net_viewable",
        "clicks",
        "unmatched_clicks",
        "net_clicks",
        "tagged_conversions",
        "net_tagged_conversions",
        "unattributed_conversions",
        .. Credits.Select(name => name + "_by_interaction"),
        .. Credits.Select(name => name + "_by_conversion"),
        "revenues_by_interaction",
        "revenues_by_conversion",
        "net_revenues_by_interaction",
        "net_revenues_by_conversion",
        "revenue_by_interaction_micros",
        "revenue_by_conversion_micros",
        "net_revenue_by_interaction_micros",
        "net_revenue_by_conversion_micros",
        "unattributed_adjustments",
        "unattributed_adjustments_micros",
        "unmatched_adjustments",
        "unmatched_adjustments_micros",
        "media_cost_micros",
        "gross_spend_micros",
        "spend_micros",
        "unpriced_events",
        "priced_events",
    ];

    // Of an event whose cost is in another currency than its campaign's, in the campaign's row.
    private const string ForeignCosts = "foreign costs";

    private static readonly IReadOnlyDictionary<string, int> Names = NaiveFigures.Named([.. Columns, ForeignCosts]);

    private readonly NaiveBook _book;
    private readonly NaiveUsers _users;
    private readonly Dictionary<NaivePlace, NaiveFigures> _rows = [];
    private readonly HashSet<NaivePlace> _daysWithPrice = [];
    private readonly Dictionary<string, HashSet<string>> _currencies = [];
    private readonly HashSet<(NaivePlace Cell, string Amount)> _foreign = [];

    public NaivePerformance(NaiveFacts facts, NaiveBook book, NaiveUsers users)
    {
        (_book, _users) = (book, users);
        foreach (var each in facts.Impressions.Concat<NaiveEvent>(facts.Clicks).Concat(facts.Conversions))
            SeeCurrency(each.Campaign, each.Currency);
        foreach (var each in facts.Conversions.Where(each => each.Touches.Count > 0))
            SeeCurrency(each.Touches[^1].Campaign, each.Currency);
        foreach (var impression in facts.Impressions)
            Add(impression);
        foreach (var click in facts.Clicks)
            Add(click);
        foreach (var conversion in facts.Conversions)
            Add(conversion);
        foreach (var adjustment in facts.Adjustments)
            TakeBack(adjustment);
    }

    /// <summary>The rows of a dimension: their place, then these figures.</summary>
    public IEnumerable<string> Rows(string dimension, IReadOnlyList<string> columns) =>
        _rows
            .Where(row => row.Key.Dimension == dimension)
            .Select(row =>
                string.Join(
                    " | ",
                    columns.Select(column => Text(row.Key, row.Value, column)).Prepend(row.Key.ToString())
                )
            );

    /// <summary>What a creative has in sum, by creative and currency.</summary>
    public IEnumerable<
        IGrouping<(string Creative, string? Currency), (NaivePlace Place, NaiveFigures Figures)>
    > Creatives() =>
        _rows
            .Where(row => row.Key.Dimension == "creative")
            .GroupBy(row => (row.Key.Row.Split(" | ")[1], row.Key.Currency), row => (row.Key, row.Value));

    /// <summary>The rows of a dimension one by one.</summary>
    public IEnumerable<(NaivePlace Place, NaiveFigures Figures)> Cells(string dimension) =>
        _rows.Where(row => row.Key.Dimension == dimension).Select(row => (row.Key, row.Value));

    /// <summary>Whether an amount of a cell (a row before it is split by currency) is in another currency than the
    /// campaign's: of <c>spend</c>, or of <c>revenue</c> as a column of it says.</summary>
    public bool HasForeign(NaivePlace place, string amount) => _foreign.Contains((CellOf(place), amount));

    /// <summary>Spend of a row; null where of the campaign's day in that currency no event has a rate or a
    /// cost.</summary>
    public long? SpendOf(NaivePlace place, NaiveFigures figures) =>
        _daysWithPrice.Contains(DayOf(place)) ? figures["spend_micros"] : null;

    /// <summary>Spend of each campaign in its own currency; null where no day has any.</summary>
    public IReadOnlyDictionary<string, long?> Spends() =>
        _rows
            .Where(row => row.Key.Dimension == "day" && row.Key.Currency == CurrencyOf(row.Key.Campaign))
            .GroupBy(row => NaivePlace.Known(row.Key.Campaign))
            .ToDictionary(
                rows => rows.Key,
                rows =>
                    rows.Select(row => SpendOf(row.Key, row.Value))
                        .Aggregate((long?)null, (sum, spend) => spend is null ? sum : (sum ?? 0) + spend)
            );

    public string? CurrencyOf(string? campaign) =>
        _book.CurrencyOf(campaign)
        ?? (
            _currencies.TryGetValue(NaivePlace.Known(campaign), out var seen) && seen.Count == 1 ? seen.Single() : null
        );

    private static IEnumerable<string> Credits =>
        [
            "click_conversions",
            "view_conversions",
            "primary_conversions",
            "net_click_conversions",
            "net_view_conversions",
            "net_primary_conversions",
        ];

    private static NaivePlace CellOf(NaivePlace place) => place with { Currency = null };

    private bool IsForeign(string? campaign, string? currency) =>
        currency is not null && currency != CurrencyOf(campaign);

    private static NaivePlace DayOf(NaivePlace place) => place with { Dimension = "day", Row = "" };

    private string Text(NaivePlace place, NaiveFigures figures, string column) =>
        column switch
        {
            "spend_micros" or "gross_spend_micros" => SpendOf(place, figures) is null ? "" : figures.Text(column),
            "unpriced_events" when SpendOf(place, figures) is null && !_book.IsPriced(place.Campaign) => (
                figures["impressions"] + figures["clicks"] - figures[ForeignCosts]
            ).ToString(CultureInfo.InvariantCulture),
            _ => figures.Text(column),
        };

    private void SeeCurrency(string? campaign, string? currency)
    {
        if (currency is null)
            return;
        if (!_currencies.TryGetValue(NaivePlace.Known(campaign), out var seen))
            _currencies[NaivePlace.Known(campaign)] = seen = [];
        seen.Add(currency);
    }

    private void Add(NaiveImpression each)
    {
        var net = each.Reason is null;
        Count(
            each,
            "cpm",
            row =>
            {
                row["impressions"]++;
                if (each.Measured)
                    row["measured"]++;
                if (each.Viewed)
                    row["viewable"]++;
                if (net)
                    row["net_impressions"]++;
                if (net && each.Measured)
                    row["net_measured"]++;
                if (net && each.Viewed)
                    row["net_viewable"]++;
            }
        );
    }

    private void Add(NaiveClick each)
    {
        Count(
            each,
            "cpc",
            row =>
            {
                row["clicks"]++;
                if (each.Reason is null)
                    row["net_clicks"]++;
                if (each.Impression is null)
                    row["unmatched_clicks"]++;
            }
        );
    }

    private void Add(NaiveConversion each)
    {
        foreach (var place in Places(["day", "campaign", "segment", "audience"], each, each.Micros, each.UserKey))
        {
            var row = At(place);
            row["tagged_conversions"]++;
            if (each.IsNet)
                row["net_tagged_conversions"]++;
            if (each.Touches.Count == 0)
                row["unattributed_conversions"]++;
        }

        if (_book.RateAt(each.Campaign, each.Micros) is not null)
            _daysWithPrice.Add(Places(["day"], each, each.Micros, null)[0]);
        if (each.Touches is not [.., { } last])
            return;
        Credit(each, last, last.Micros, "interaction");
        Credit(each, last, each.Micros, "conversion");
    }

    /// <summary>Money of an adjustment, from the last touch of its conversion; where that has none, or there is no
    /// conversion, it stands beside.</summary>
    private void TakeBack(NaiveConversion each)
    {
        if (each.Adjusts?.Touches is [.., { } last])
        {
            Money(each, last, last.Micros, "interaction");
            Money(each, last, each.Micros, "conversion");
            return;
        }

        var kind = each.Adjusts is null ? "unmatched_adjustments" : "unattributed_adjustments";
        foreach (
            var place in Places(
                ["day", "campaign", "segment", "audience"],
                each.Earner,
                each.Micros,
                each.Earner.UserKey,
                each.Earner.Micros
            )
        )
        {
            At(place)[kind]++;
            if (each.Amount is { } amount)
                At(place with { Currency = each.AmountCurrency ?? place.Currency })[kind + "_micros"] += amount;
        }
    }

    private void Money(NaiveConversion each, NaiveEvent last, long micros, string basis)
    {
        if (each.Amount is not { } amount)
            return;
        var userMicros = basis == "conversion" ? each.Earner.Micros : micros;
        foreach (var place in Places(NaivePlace.Dimensions, last, micros, each.Earner.UserKey, userMicros))
        {
            var money = At(place with { Currency = each.AmountCurrency ?? place.Currency });
            var isForeign = IsForeign(last.Campaign, each.AmountCurrency);
            foreach (var net in each.Earner.IsNet && last.Reason is null ? (string[])["", "net_"] : [""])
            {
                money[$"{net}revenue_by_{basis}_micros"] += amount;
                money[$"{net}revenues_by_{basis}"]++;
                if (isForeign)
                    _foreign.Add((CellOf(place), $"{net}revenue_by_{basis}"));
            }
        }
    }

    /// <summary>All of a conversion goes to its last touch.</summary>
    private void Credit(NaiveConversion each, NaiveEvent last, long micros, string basis)
    {
        var net = each.IsNet && last.Reason is null;
        var kind = last is NaiveClick ? "click" : "view";
        var price =
            basis == "conversion" && _book.RateAt(last.Campaign, each.Micros) is { Model: "cpa" } rate ? rate : null;
        var places = Places(NaivePlace.Dimensions, last, micros, each.UserKey);
        foreach (var place in places)
        {
            var row = At(place);
            if (price is not null)
                row["priced_events"]++;
            foreach (var name in _book.IsPrimary(last.Campaign, each.Type) ? (string[])[kind, "primary"] : [kind])
            {
                row[$"{name}_conversions_by_{basis}"]++;
                if (net)
                    row[$"net_{name}_conversions_by_{basis}"]++;
            }

            if (price is null || !_book.IsPrimary(last.Campaign, each.Type))
                continue;
            row["gross_spend_micros"] += price.PerEvent;
            if (net)
                row["spend_micros"] += price.PerEvent;
        }

        Money(each, last, micros, basis);

        if (basis == "conversion" && _book.RateAt(last.Campaign, each.Micros) is not null)
            _daysWithPrice.Add(DayOf(places[0]));
    }

    /// <summary>Counts an event and bills it: the campaign's rate where it has rates, else what the event cost; never
    /// both.</summary>
    private void Count(NaiveEvent each, string pricing, Action<NaiveFigures> add)
    {
        var priced = _book.IsPriced(each.Campaign);
        var rate = _book.RateAt(each.Campaign, each.Micros);
        var places = Places(NaivePlace.Dimensions, each, each.Micros, each.UserKey);
        foreach (var place in places)
        {
            var row = At(place);
            add(row);
            if (rate?.Model == pricing)
            {
                row["gross_spend_micros"] += rate.PerEvent;
                if (each.Reason is null)
                    row["spend_micros"] += rate.PerEvent;
            }

            if (priced)
                row[rate is null ? "unpriced_events" : "priced_events"]++;
            if (each.Cost is not { } cost)
                continue;
            var money = At(place with { Currency = each.Currency ?? place.Currency });
            money["media_cost_micros"] += cost;
            var isForeign = IsForeign(each.Campaign, each.Currency);
            if (isForeign)
                row[ForeignCosts]++;
            if (priced)
                continue;
            money["priced_events"]++;
            if (isForeign)
                _foreign.Add((CellOf(place), "spend"));
            money["gross_spend_micros"] += cost;
            money["spend_micros"] += cost;
        }

        var day = DayOf(places[0]);
        if (rate is not null)
            _daysWithPrice.Add(day);
        if (!priced && each.Cost is not null)
            _daysWithPrice.Add(day with { Currency = each.Currency ?? day.Currency });
    }

    /// <summary>In the rows of the campaign's currency.</summary>
    private NaivePlace[] Places(
        string[] dimensions,
        NaiveEvent counted,
        long micros,
        long? user,
        long? userMicros = null
    ) =>
        NaivePlace.Of(
            dimensions,
            _book,
            micros,
            counted,
            user,
            userMicros ?? micros,
            CurrencyOf(counted.Campaign),
            _users
        );

    private NaiveFigures At(NaivePlace place)
    {
        if (!_rows.TryGetValue(place, out var row))
            _rows[place] = row = new NaiveFigures(Names);
        return row;
    }
}
