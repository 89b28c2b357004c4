using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;

namespace AdvertiseX.Cli.Reports;

/// <summary>A performance report for people: the usual figures, rounded; CSV and JSON have all of them,
/// exact.</summary>
internal static class PerformanceTable
{
    /// <summary>Texts that say what a row is, as far as a report has them.</summary>
    private static readonly (string Column, string Title)[] Names =
    [
        ("campaign_id", "campaign"),
        ("campaign_name", "name"),
        ("creative_id", "creative"),
        ("creative_name", "name"),
        ("ad_group_id", "ad group"),
        ("ad_group_name", "its name"),
        ("site_id", "site"),
        ("domain", "domain"),
        ("device_type", "device"),
        ("country", "country"),
        ("region", "region"),
        ("segment", "segment"),
        ("age_band", "age"),
        ("gender", "gender"),
        ("hour", "hour"),
        ("day", "day"),
        ("week", "week"),
        ("month", "month"),
        ("currency", ""),
    ];

    private static readonly (string Column, string Title, string Format)[] Figures =
    [
        ("impressions", "impressions", "N0"),
        ("clicks", "clicks", "N0"),
        ("ctr", "CTR", "0.00 %"),
        ("conversions", "conv.", "#,0.##"),
        ("cvr", "CVR", "0.0 %"),
        ("spend", "spend", "N2"),
        ("cpc", "CPC", "N2"),
        ("cpm", "CPM", "N2"),
        ("cpa", "CPA", "N2"),
        ("revenue", "revenue", "N2"),
        ("roas", "ROAS", "0.00"),
        ("reach", "reach", "N0"),
        ("frequency", "freq.", "0.00"),
        ("unique_ctr", "uCTR", "0.00 %"),
        ("budget", "budget", "N2"),
        ("spent", "spent", "N2"),
        ("budget_share", "of it", "0.0 %"),
        ("time_share", "time", "0.0 %"),
        ("pacing", "pacing", "0.00"),
        ("unattributed_conversions", "unattr.", "N0"),
        ("unmatched_clicks", "unmatched", "N0"),
        ("restatements", "restated", "N0"),
    ];

    /// <summary>Reads a report to its end, or the rows with most impressions.</summary>
    /// <param name="result">The report.</param>
    /// <param name="largest">The rows kept; null for all.</param>
    /// <param name="seen">Gets the names of ratios that came out as people do not expect them: <c>cvr</c> over 100 %,
    /// and any <c>cpa</c>.</param>
    public static TextTable Read(QueryResult result, int? largest = null, ISet<string>? seen = null)
    {
        var at = result
            .Columns.Select((column, index) => (column.Name, index))
            .ToDictionary(pair => pair.Name, pair => pair.index);
        var names = Names.Where(name => at.ContainsKey(name.Column)).ToList();
        var figures = Figures.Where(figure => at.ContainsKey(figure.Column)).ToList();
        var isStamped = at.ContainsKey("mature");
        var rows = new List<(double Impressions, string[] Cells)>();
        while (result.Read())
        {
            var cells = names
                .Select(name => ReportCells.Text(result, at[name.Column]))
                .Concat(figures.Select(figure => ReportCells.Figure(result, at[figure.Column], figure.Format)));
            if (isStamped)
                cells = cells.Append(result.GetBoolean(at["mature"]) ? "yes" : "not yet");
            if (IsOver(result, "cvr", 1))
                seen?.Add("cvr");
            if (IsOver(result, "cpa", 0))
                seen?.Add("cpa");
            rows.Add((result.IsNull(at["impressions"]) ? 0 : result.GetDouble(at["impressions"]), [.. cells]));
        }

        bool IsOver(QueryResult row, string column, double limit) =>
            at.TryGetValue(column, out var place) && !row.IsNull(place) && row.GetDouble(place) > limit;

        string[] titles =
        [
            .. names.Select(name => name.Title),
            .. figures.Select(figure => figure.Title),
            .. isStamped ? ["mature"] : Array.Empty<string>(),
        ];
        var table = new TextTable(titles) { LeftColumns = [.. Enumerable.Range(1, names.Count - 1)] };
        foreach (var row in largest is { } most ? rows.OrderByDescending(row => row.Impressions).Take(most) : rows)
            table.Add(row.Cells);
        return table;
    }
}
