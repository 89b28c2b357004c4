namespace AdvertiseX.Tests.Models.Naive;

/// <summary>The credits of every model, placed in local time by touch and by conversion (docs/terms.md,
/// Dimensions).</summary>
internal sealed class NaiveCredits
{
    public static readonly string[] Dimensions = ["campaign", "creative", "site", "device", "geo"];

    public static readonly string[] Columns =
    [
        .. ((string[])["", "net_"]).SelectMany(net =>
            ((string[])["click", "view", "primary"]).SelectMany(kind =>
                ((string[])["interaction", "conversion"]).Select(basis => $"{net}{kind}_millionths_by_{basis}")
            )
        ),
        .. ((string[])["", "net_"]).SelectMany(net =>
            ((string[])["interaction", "conversion"]).SelectMany(basis =>
                (string[])[$"{net}revenues_by_{basis}", $"{net}revenue_by_{basis}_micros"]
            )
        ),
    ];

    private static readonly IReadOnlyDictionary<string, int> Names = NaiveFigures.Named(Columns);

    private readonly NaiveBook _book;
    private readonly NaiveUsers _users;
    private readonly NaivePerformance _performance;
    private readonly Dictionary<(string Model, NaivePlace Place), NaiveFigures> _rows = [];

    public NaiveCredits(NaiveFacts facts, NaiveBook book, NaiveUsers users, NaivePerformance performance)
    {
        (_book, _users, _performance) = (book, users, performance);
        foreach (var conversion in facts.Earning)
        {
            foreach (var model in NaiveCredit.Models)
            {
                foreach (
                    var (touch, millionths, revenue) in NaiveCredit
                        .Of(conversion, model)
                        .Where(part =>
                            part.Millionths != 0
                            || part.Revenue is not (null or 0)
                            || (part.Revenue is 0 && IsTakenFrom(conversion, part.Touch, model))
                        )
                )
                {
                    Add(model, conversion, touch, touch.Micros, "interaction", millionths, revenue);
                    Add(model, conversion, touch, conversion.Micros, "conversion", millionths, revenue);
                }
            }
        }
    }

    /// <summary>Whether an adjustment takes back from a touch, be it nothing.</summary>
    private static bool IsTakenFrom(NaiveConversion adjustment, NaiveEvent touch, string model) =>
        adjustment.IsAdjustment
        && model switch
        {
            "last_touch" => touch == adjustment.Earner.Touches[^1],
            "first_touch" => touch == adjustment.Earner.Touches[0],
            _ => true,
        };

    public IEnumerable<string> Rows(string dimension) =>
        _rows
            .Where(row => row.Key.Place.Dimension == dimension)
            .Select(row =>
                string.Join(
                    " | ",
                    Columns.Select(row.Value.Text).Prepend(row.Key.Place.ToString()).Prepend(row.Key.Model)
                )
            );

    private void Add(
        string model,
        NaiveConversion conversion,
        NaiveEvent touch,
        long micros,
        string basis,
        long millionths,
        long? revenue
    )
    {
        var net = conversion.Earner.IsNet && touch.Reason is null;
        string[] kinds =
        [
            touch is NaiveClick ? "click" : "view",
            .. _book.IsPrimary(touch.Campaign, conversion.Earner.Type) ? ["primary"] : Array.Empty<string>(),
        ];
        var currency = _performance.CurrencyOf(touch.Campaign);
        foreach (var place in NaivePlace.Of(Dimensions, _book, micros, touch, null, micros, currency, _users))
        {
            var row = At(model, place);
            foreach (var kind in kinds)
            {
                row[$"{kind}_millionths_by_{basis}"] += millionths;
                if (net)
                    row[$"net_{kind}_millionths_by_{basis}"] += millionths;
            }

            if (revenue is not { } amount)
                continue;
            var money = At(model, place with { Currency = conversion.AmountCurrency ?? currency });
            foreach (var prefix in net ? (string[])["", "net_"] : [""])
            {
                money[$"{prefix}revenue_by_{basis}_micros"] += amount;
                money[$"{prefix}revenues_by_{basis}"]++;
            }
        }
    }

    private NaiveFigures At(string model, NaivePlace place)
    {
        if (!_rows.TryGetValue((model, place), out var row))
            _rows[(model, place)] = row = new NaiveFigures(Names);
        return row;
    }
}
