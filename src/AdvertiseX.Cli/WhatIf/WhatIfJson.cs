using AdvertiseX.Reports.WhatIf;

namespace AdvertiseX.Cli.WhatIf;

/// <summary>A comparison as JSON: credits in millionths of a conversion, money in micros, exact.</summary>
internal static class WhatIfJson
{
    public static object Of(WhatIfOptions options, WhatIfReport report) =>
        new
        {
            Rules = new
            {
                options.Model,
                options.Net,
                ClickWindowMicros = Micros(options.ClickWindow),
                ViewWindowMicros = Micros(options.ViewWindow),
                MatchWindowMicros = Micros(options.MatchWindow),
                options.Campaigns,
            },
            Rows = report.Rows.Select(RowOf),
            Totals = report.Totals.Select(RowOf),
            StaleInputs = report.Staleness.Inputs,
            StaleModels = report.Staleness.Models,
            report.Notes,
        };

    private static object RowOf(WhatIfRow row) =>
        new
        {
            row.CampaignId,
            row.CampaignName,
            row.Day,
            row.Currency,
            Today = FiguresOf(row.Today),
            Other = FiguresOf(row.Other),
            row.Gained,
            row.Lost,
        };

    private static object FiguresOf(WhatIfFigures figures) =>
        new
        {
            ClickConversionsMillionths = figures.ClickMillionths,
            ViewConversionsMillionths = figures.ViewMillionths,
            ConversionsMillionths = figures.Millionths,
            figures.ClickRevenueMicros,
            figures.ViewRevenueMicros,
            figures.RevenueMicros,
        };

    private static long? Micros(TimeSpan? window) => window?.Ticks / TimeSpan.TicksPerMicrosecond;
}
