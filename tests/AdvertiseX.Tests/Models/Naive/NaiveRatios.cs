namespace AdvertiseX.Tests.Models.Naive;

/// <summary>The ratios of a report over campaigns' days (docs/terms.md, Metrics): the cells of each campaign, those
/// left out whose money is in several currencies, and sums divided by sums.</summary>
internal sealed class NaiveRatios(NaivePerformance performance, bool net, bool byInteraction)
{
    public static readonly string[] Names = ["cpc", "cpm", "cpa", "roas"];

    private readonly string _net = net ? "net_" : "";
    private readonly string _date = byInteraction ? "interaction" : "conversion";

    /// <summary>Rows by what tells them apart, <see cref="Names"/> in their order; null where there is no
    /// ratio.</summary>
    /// <param name="dimension">Where the figures stand.</param>
    /// <param name="rowOf">The report's row that a figure goes to.</param>
    public Dictionary<(string Row, string? Currency), double?[]> Of(string dimension, Func<NaivePlace, string> rowOf) =>
        performance
            .Cells(dimension)
            .GroupBy(each => (Row: rowOf(each.Place), each.Place.Campaign))
            .SelectMany(cell =>
            {
                var isSpendMixed = cell.Any(each => performance.HasForeign(each.Place, "spend"));
                var isRevenueMixed = cell.Any(each => performance.HasForeign(each.Place, $"{_net}revenue_by_{_date}"));
                return cell.Select(each => (cell.Key.Row, each, isSpendMixed, isMixed: isSpendMixed || isRevenueMixed));
            })
            .GroupBy(each => (each.Row, each.each.Place.Currency))
            .ToDictionary(
                row => row.Key,
                row =>
                {
                    var plain = row.Where(each => !each.isSpendMixed).Select(each => each.each).ToList();
                    var returning = row.Where(each => !each.isMixed).Select(each => each.each).ToList();
                    var spend = Spend(plain);
                    return (double?[])
                        [
                            spend / 1e6 / NotZero(Sum(plain, _net + "clicks")),
                            spend / 1e3 / NotZero(Sum(plain, _net + "impressions")),
                            spend / 1e6 / NotZero(Sum(plain, $"{_net}primary_conversions_by_{_date}")),
                            Sum(returning, $"{_net}revenue_by_{_date}_micros") / NotZero(Spend(returning)),
                        ];
                }
            );

    private double? Spend(List<(NaivePlace Place, NaiveFigures Figures)> rows)
    {
        var known = rows.Where(row => performance.SpendOf(row.Place, row.Figures) is not null).ToList();
        return known.Count == 0 ? null : Sum(known, net ? "spend_micros" : "gross_spend_micros");
    }

    private static double? Sum(List<(NaivePlace Place, NaiveFigures Figures)> rows, string name) =>
        rows.Count == 0 ? null : rows.Sum(row => row.Figures[name]);

    private static double? NotZero(double? value) => value is 0 ? null : value;
}
