namespace AdvertiseX.Tests.Models.Naive;

/// <summary>Distinct users of campaigns over periods, as sets of users (docs/terms.md, Metrics).</summary>
internal sealed class NaiveReach
{
    private readonly Dictionary<
        (string Campaign, DateOnly? Period),
        (Dictionary<long, long> Views, HashSet<long> Clickers)
    > _cells = [];

    /// <param name="facts">Resolved events.</param>
    /// <param name="book">Zones.</param>
    /// <param name="net">Without invalid traffic.</param>
    /// <param name="periodOf">The period in which a local date lies; null for the total.</param>
    public NaiveReach(NaiveFacts facts, NaiveBook book, bool net, Func<DateOnly, DateOnly?> periodOf)
    {
        foreach (var each in facts.Impressions.Where(each => each.UserKey is not null && (!net || each.Reason is null)))
        {
            var views = At(each, book, periodOf).Views;
            views[each.UserKey!.Value] = views.GetValueOrDefault(each.UserKey.Value) + 1;
        }

        foreach (var each in facts.Clicks.Where(each => each.UserKey is not null && (!net || each.Reason is null)))
            At(each, book, periodOf).Clickers.Add(each.UserKey!.Value);
    }

    /// <summary>Reach, frequency and unique CTR; both ratios null for nobody.</summary>
    public (long Reach, double? Frequency, double? UniqueCtr) Of(string campaign, DateOnly? period)
    {
        if (!_cells.TryGetValue((campaign, period), out var cell) || cell.Views.Count == 0)
            return (0, null, null);
        double reach = cell.Views.Count;
        return (cell.Views.Count, cell.Views.Values.Sum() / reach, cell.Clickers.Count(cell.Views.ContainsKey) / reach);
    }

    private (Dictionary<long, long> Views, HashSet<long> Clickers) At(
        NaiveEvent each,
        NaiveBook book,
        Func<DateOnly, DateOnly?> periodOf
    )
    {
        var key = (NaivePlace.Known(each.Campaign), periodOf(book.LocalDate(each.Campaign, each.Micros)));
        if (!_cells.TryGetValue(key, out var cell))
            _cells[key] = cell = ([], []);
        return cell;
    }
}
