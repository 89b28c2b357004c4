namespace AdvertiseX.Tests.Models.Naive;

/// <summary>How far the valid impressions of each campaign's local day came (docs/terms.md, Funnel).</summary>
internal sealed class NaiveFunnel(NaiveFacts facts, NaiveBook book)
{
    /// <summary>campaign_id, local_date, impressions, clicked, converted and view-converted impressions; days of
    /// nothing left out.</summary>
    public IEnumerable<string> Rows()
    {
        var earning = facts
            .Conversions.Where(each => each.IsNet && each.Touches is [.., { Reason: null }])
            .Select(each => each.Touches[^1])
            .ToHashSet();
        var clicks = facts.Clicks.Where(each => each is { Reason: null, Impression: not null }).ToList();
        var clicked = clicks.Select(each => each.Impression!).ToHashSet();
        var converted = clicks.Where(earning.Contains).Select(each => each.Impression!).ToHashSet();
        return facts
            .Impressions.Where(each => each.Reason is null)
            .GroupBy(each =>
                (Campaign: NaivePlace.Known(each.Campaign), Date: book.LocalDate(each.Campaign, each.Micros))
            )
            .Select(day =>
                $"{day.Key.Campaign} | {day.Key.Date:yyyy-MM-dd} | {day.Count()} | {day.Count(clicked.Contains)} | {day.Count(converted.Contains)} | {day.Count(earning.Contains)}"
            );
    }
}
