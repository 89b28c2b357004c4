using System.CommandLine;

namespace AdvertiseX.Cli.Explain;

/// <summary><c>adx explain cell</c>.</summary>
internal static class ExplainCellCommand
{
    public static Command Create(Terminal terminal) =>
        new AdxCommand("cell", "Show from which rows a figure of a report comes, and how complete it is.")
        {
            Examples =
            [
                (
                    "adx explain cell campaigns --campaign cmp-0001 --date 2024-03-04 --metric roas",
                    "a campaign's ROAS of a day"
                ),
            ],
        }.With(ExplainCampaignCellCommand.Create(terminal));
}
