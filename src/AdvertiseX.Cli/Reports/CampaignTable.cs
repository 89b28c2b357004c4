using System.Globalization;
using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;

namespace AdvertiseX.Cli.Reports;

/// <summary>A campaign report for people: the usual figures, rounded; CSV and JSON have all of them, exact.</summary>
internal static class CampaignTable
{
    private const int NameLength = 28;

    private static readonly (string Column, string Title, string Format)[] Figures =
    [
        ("impressions", "impressions", "N0"), ("clicks", "clicks", "N0"), ("ctr", "CTR", "0.00 %"), ("conversions", "conv.", "N0"),
        ("cvr", "CVR", "0.0 %"), ("spend", "spend", "N2"), ("cpc", "CPC", "N2"), ("cpm", "CPM", "N2"), ("cpa", "CPA", "N2"),
        ("revenue", "revenue", "N2"), ("roas", "ROAS", "0.00"),
    ];

    /// <summary>Reads a report to its end, or the rows with most impressions.</summary>
    public static TextTable Read(QueryResult result, int? largest = null)
    {
        var at = result.Columns.Select((column, index) => (column.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index);
        var period = new[] { "day", "week", "month" }.FirstOrDefault(at.ContainsKey);
        var rows = new List<(double Impressions, string[] Cells)>();
        while (result.Read())
        {
            var cells = new List<string> { Text(result, at["campaign_id"]), Text(result, at["campaign_name"]), Text(result, at["currency"]) };
            if (period is not null) cells.Insert(2, Day(result, at[period]));
            cells.AddRange(Figures.Select(figure => Figure(result, at[figure.Column], figure.Format)));
            rows.Add((Number(result, at["impressions"]) ?? 0, [.. cells]));
        }

        string[] titles = ["campaign", "name", .. period is null ? Array.Empty<string>() : [period], "", .. Figures.Select(figure => figure.Title)];
        var table = new TextTable(titles) { LeftColumns = period is null ? [1, 2] : [1, 2, 3] };
        foreach (var row in largest is { } most ? rows.OrderByDescending(row => row.Impressions).Take(most) : rows) table.Add(row.Cells);
        return table;
    }

    private static string Day(QueryResult result, int column) => result.GetDate(column).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // Names come from files of others and must not steer this terminal.
    private static string Text(QueryResult result, int column)
    {
        string text = string.Concat((result.GetString(column) ?? "").Where(c => !char.IsControl(c)));
        return text.Length > NameLength ? text[..(NameLength - 1)] + "…" : text;
    }

    private static string Figure(QueryResult result, int column, string format) =>
        Number(result, column)?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static double? Number(QueryResult result, int column) => result.IsNull(column) ? null : result.GetDouble(column);
}
