using System.Globalization;
using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Demo;

/// <summary>The largest campaigns of a lake.</summary>
internal static class CampaignTable
{
    private const string Select = """
        SELECT
          p.campaign_id, any_value(c.campaign_name), p.currency, sum(p.impressions)::BIGINT, sum(p.clicks)::BIGINT,
          sum(p.click_conversions_by_interaction + p.view_conversions_by_interaction)::BIGINT,
          sum(p.spend_micros)::BIGINT, sum(p.revenue_by_interaction_micros)::BIGINT
        FROM campaign_performance p LEFT JOIN campaigns c ON c.campaign_id = p.campaign_id
        GROUP BY p.campaign_id, p.currency ORDER BY 4 DESC, 1 LIMIT 10
        """;

    public static async Task WriteAsync(DataLake lake, IQueryEngine engine, TextWriter output, string indent, CancellationToken cancellation)
    {
        var table = new TextTable("campaign", "name", "", "impressions", "clicks", "CTR", "conversions", "CVR", "spend", "CPC", "CPA", "revenue", "ROAS") { LeftColumns = [1, 2] };
        using var result = await engine.ReadAsync(Select, LakeSets.Of(lake), cancellation);
        while (result.Read())
        {
            long impressions = result.GetInt64(3), clicks = result.GetInt64(4), conversions = result.GetInt64(5);
            double spend = result.GetInt64(6) / 1e6, revenue = result.GetInt64(7) / 1e6;
            table.Add(
                result.GetString(0)!, result.GetString(1) ?? "", result.GetString(2) ?? "", Amounts.Count(impressions), Amounts.Count(clicks),
                Ratio(clicks, impressions, "0.00 %"), Amounts.Count(conversions), Ratio(conversions, clicks, "0.0 %"), Money(spend),
                Ratio(spend, clicks, "N2"), Ratio(spend, conversions, "N2"), Money(revenue), Ratio(revenue, spend, "0.00"));
        }

        table.Write(output, indent);
    }

    private static string Money(double amount) => amount.ToString("N2", CultureInfo.InvariantCulture);

    private static string Ratio(double part, double whole, string format) =>
        whole == 0 ? "" : (part / whole).ToString(format, CultureInfo.InvariantCulture);
}
