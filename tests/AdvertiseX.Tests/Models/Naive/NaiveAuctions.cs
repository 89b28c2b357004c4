using System.Globalization;

namespace AdvertiseX.Tests.Models.Naive;

/// <summary>Which won request led to which impression, and what became of all requests, by the campaign and local day
/// of each.</summary>
internal sealed class NaiveAuctions
{
    public static readonly string[] Columns = [.. Own(""), .. Own("net_")];

    private const long Hour = 3_600_000_000;
    private static readonly IReadOnlyDictionary<string, int> Names = NaiveFigures.Named(Columns);

    // Where the bands of bid prices begin, in micros: each step up to where the next one begins.
    private static readonly long[] Bands =
    [
        .. Steps(0, 100_000, 10_000),
        .. Steps(100_000, 1_000_000, 50_000),
        .. Steps(1_000_000, 5_000_000, 250_000),
        .. Steps(5_000_000, 10_000_000, 500_000),
        .. Steps(10_000_000, 50_000_000, 2_500_000),
        .. Steps(50_000_000, 100_000_000, 5_000_000),
        100_000_000,
    ];

    private readonly NaiveFacts _facts;
    private readonly NaiveBook _book;
    private readonly NaivePerformance _performance;
    private readonly Dictionary<(string Campaign, DateOnly Date, string? Currency), NaiveFigures> _rows = [];

    public NaiveAuctions(NaiveFacts facts, NaiveBook book, NaivePerformance performance)
    {
        (_facts, _book, _performance) = (facts, book, performance);
        Pair();
        var clicks = facts
            .Clicks.Where(each => each.Impression is not null)
            .ToLookup(each => each.Impression!, each => each.Reason is null);
        var conversions = facts
            .Conversions.Where(each => each.Touches.Count > 0)
            .Select(each =>
                (
                    Seen: each.Touches[^1] is NaiveClick click ? click.Impression : (NaiveImpression)each.Touches[^1],
                    Net: each.IsNet && each.Touches[^1].Reason is null
                )
            )
            .Where(each => each.Seen is not null)
            .ToLookup(each => each.Seen!, each => each.Net);
        foreach (var bid in facts.Bids)
        {
            Add(bid, "", clicks, conversions, isNet: false);
            if (bid.Reason is null)
                Add(bid, "net_", clicks, conversions, isNet: true);
        }

        var shown = facts.Bids.Where(each => each.Shown is not null).Select(each => each.Shown!).ToHashSet();
        foreach (var impression in facts.Impressions.Where(each => each.Auction is not null && !shown.Contains(each)))
        {
            At(impression)["impressions_without_request"]++;
            if (impression.Reason is null)
                At(impression)["net_impressions_without_request"]++;
        }
    }

    /// <summary>campaign_id, local_date, currency, then <see cref="Columns"/>; a sum of no prices is empty.</summary>
    public IEnumerable<string> Rows() =>
        _rows.Select(row =>
            string.Join(
                " | ",
                Columns
                    .Select(column =>
                        CountOf(column) is { } count && row.Value[count] == 0 ? "" : row.Value.Text(column)
                    )
                    .Prepend($"{row.Key.Campaign} | {row.Key.Date:yyyy-MM-dd} | {row.Key.Currency}")
            )
        );

    /// <summary>campaign_id, local_date, band, bids, wins.</summary>
    public IEnumerable<string> Landscape() =>
        _facts
            .Bids.Where(each => each.Price is not null)
            .GroupBy(each =>
                (
                    NaivePlace.Known(each.Campaign),
                    _book.LocalDate(each.Campaign, each.Micros),
                    Bands.Last(band => band <= each.Price)
                )
            )
            .Select(band =>
                $"{band.Key.Item1} | {band.Key.Item2:yyyy-MM-dd} | {band.Key.Item3.ToString(CultureInfo.InvariantCulture)} | {band.Count()} | {band.Count(each => each.Won is true)}"
            );

    private static string[] Own(string net) =>
        [
            .. (
                (string[])
                    [
                        "requests",
                        "bids",
                        "known_bids",
                        "wins",
                        "shown",
                        "clicked",
                        "converted",
                        "won_without_impression",
                        "impressions_without_request",
                        "floor_prices",
                        "floor_cpm_micros",
                        "bid_prices",
                        "bid_cpm_micros",
                        "clearing_prices",
                        "clearing_cpm_micros",
                        "compared_wins",
                        "compared_bid_cpm_micros",
                        "compared_clearing_cpm_micros",
                    ]
            ).Select(name => net + name),
        ];

    private static string? CountOf(string column) =>
        column.Contains("compared", StringComparison.Ordinal) && column.EndsWith("_micros", StringComparison.Ordinal)
            ? column[..(column.IndexOf("compared", StringComparison.Ordinal) + 8)] + "_wins"
        : column.EndsWith("_cpm_micros", StringComparison.Ordinal) ? column[..^"_cpm_micros".Length] + "_prices"
        : null;

    private static IEnumerable<long> Steps(long from, long to, long step)
    {
        for (; from < to; from += step)
            yield return from;
    }

    /// <summary>One to one within an hour, nearest first, placement and campaign equal where both are known.</summary>
    private void Pair()
    {
        var impressions = _facts.Impressions.Where(each => each.Auction is not null).ToLookup(each => each.Auction!);
        foreach (
            var auction in _facts
                .Bids.Where(each => each is { Won: true, Auction: not null })
                .GroupBy(each => each.Auction!)
        )
        {
            var taken = new HashSet<NaiveImpression>();
            var pairs =
                from bid in auction
                from impression in impressions[auction.Key]
                where Math.Abs(bid.Micros - impression.Micros) <= Hour
                where (bid.Placement ?? impression.Placement) == (impression.Placement ?? bid.Placement)
                where (bid.Campaign ?? impression.Campaign) == (impression.Campaign ?? bid.Campaign)
                orderby Math.Abs(bid.Micros - impression.Micros), bid.Micros, bid.Id, impression.Id
                select (bid, impression);
            foreach (var (bid, impression) in pairs)
            {
                if (bid.Shown is null && taken.Add(impression))
                    bid.Shown = impression;
            }
        }
    }

    private void Add(
        NaiveBid bid,
        string net,
        ILookup<NaiveImpression, bool> clicks,
        ILookup<NaiveImpression, bool> conversions,
        bool isNet
    )
    {
        var row = At(bid);
        void Count(string name, bool holds) => row[net + name] += holds ? 1 : 0;
        void Sum(string name, long? price)
        {
            Count(name + "_prices", price is not null);
            row[$"{net}{name}_cpm_micros"] += price ?? 0;
        }

        Count("requests", true);
        Count("bids", bid.IsBid);
        Count("known_bids", bid.IsBid && bid.Won is not null);
        Count("wins", bid.Won is true);
        Count("won_without_impression", bid is { Won: true, Shown: null });
        if (bid.Shown is { } shown && (!isNet || shown.Reason is null))
        {
            Count("shown", true);
            Count("clicked", clicks[shown].Any(valid => valid || !isNet));
            Count("converted", conversions[shown].Any(valid => valid || !isNet));
        }

        Sum("floor", bid.Floor);
        Sum("bid", bid.Price);
        if (bid.Won is not true)
            return;
        Sum("clearing", bid.Clearing);
        if (bid is not { Price: { } price, Clearing: { } clearing })
            return;
        Count("compared_wins", true);
        row[net + "compared_bid_cpm_micros"] += price;
        row[net + "compared_clearing_cpm_micros"] += clearing;
    }

    private NaiveFigures At(NaiveEvent each)
    {
        var key = (
            NaivePlace.Known(each.Campaign),
            _book.LocalDate(each.Campaign, each.Micros),
            each.Currency ?? _performance.CurrencyOf(each.Campaign)
        );
        if (!_rows.TryGetValue(key, out var row))
            _rows[key] = row = new NaiveFigures(Names);
        return row;
    }
}
