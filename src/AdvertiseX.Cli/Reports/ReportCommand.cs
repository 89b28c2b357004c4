using System.CommandLine;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Reports;

/// <summary><c>adx report</c>.</summary>
internal static class ReportCommand
{
    public static Command Create(Terminal terminal) =>
        new AdxCommand("report", "Show what campaigns did.")
        {
            Examples =
            [
                ("adx report campaigns --by day", "every campaign, day by day"),
                ("adx report funnel", "how far impressions came"),
            ],
        }.With([
            .. Enum.GetValues<ReportSubject>().Select(subject => PerformanceReportCommand.Create(terminal, subject)),
            FunnelReportCommand.Create(terminal),
            AuctionReportCommand.Create(terminal),
        ]);
}
