using System.CommandLine;

namespace AdvertiseX.Cli.Reports;

/// <summary><c>adx report</c>.</summary>
internal static class ReportCommand
{
    public static Command Create(Terminal terminal) => new AdxCommand("report", "Show what campaigns did.")
    {
        Examples = [("adx report campaigns --by day", "every campaign, day by day")],
    }.With(ReportCampaignsCommand.Create(terminal));
}
