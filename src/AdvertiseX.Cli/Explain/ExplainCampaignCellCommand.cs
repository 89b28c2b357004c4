using System.CommandLine;
using AdvertiseX.Cli.Dates;
using AdvertiseX.Engines;
using AdvertiseX.Reports.Explaining;

namespace AdvertiseX.Cli.Explain;

/// <summary><c>adx explain cell campaigns</c>.</summary>
internal static class ExplainCampaignCellCommand
{
    public static Command Create(Terminal terminal)
    {
        var campaign = SharedOptions.Named<string>("--campaign", "The campaign", "ID");
        var date = DateOptions.Day("--date", "A day in the campaign's own zone", "UTC");
        var metric = SharedOptions.Named<string>(
            "--metric",
            string.Join(", ", CellMetric.All.Select(each => each.Name)),
            "METRIC"
        );
        metric.AcceptOnlyFromAmong([.. CellMetric.All.Select(each => each.Name)]);
        campaign.Required = date.Required = metric.Required = true;
        var gross = SharedOptions.Named<bool>("--gross", "All traffic, invalid and repeated too");
        var touchDates = SharedOptions.Named<bool>(
            "--by-interaction",
            "Conversions and revenue on the day of the touch that earned them, not of the conversion"
        );
        var lake = SharedOptions.Lake(terminal);
        var json = SharedOptions.Json();
        var command = new AdxCommand(
            "campaigns",
            "Explain a figure of report campaigns: its sums, the rows behind them, prices, versions, and what stands beside it."
        )
        {
            Examples =
            [
                (
                    "adx explain cell campaigns --campaign cmp-0001 --date 2024-03-04 --metric roas",
                    "numerator and denominator with their rows"
                ),
                (
                    "adx explain cell campaigns --campaign cmp-0001 --date 2024-03-04 --metric cvr --gross --by-interaction --json",
                    "the same as data, of valid traffic by the days of touches"
                ),
            ],
        }.With(campaign, date, metric, gross, touchDates, lake, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                var cell = new CellOptions(
                    parsed.GetValue(campaign)!,
                    parsed.GetValue(date)!.First(DateOptions.Today(terminal.Clock)),
                    CellMetric.Find(parsed.GetValue(metric)!)!
                )
                {
                    Net = !parsed.GetValue(gross),
                    ByInteraction = parsed.GetValue(touchDates),
                };
                using var open = await settings.OpenLakeAsync(terminal, cancellation);
                using var engine = new DuckDbEngine(settings.Engine, terminal.Clock);
                var explanation = await CellExplainer.ReadAsync(engine, open, cell, settings.Models, cancellation);
                if (parsed.GetValue(json))
                    terminal.WriteJson(CellExplanationJson.Of(explanation));
                else
                    CellExplanationText.Print(explanation, terminal.Text);
                return ExitCode.Done;
            }
        );
        return command;
    }
}
