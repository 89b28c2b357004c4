using System.CommandLine;
using AdvertiseX.Cli.Dates;
using AdvertiseX.Cli.Names;
using AdvertiseX.Cli.Reports;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Reports;
using AdvertiseX.Reports.Explaining;

namespace AdvertiseX.Cli.Explain;

/// <summary><c>adx explain cell campaigns</c>.</summary>
internal static class ExplainCampaignCellCommand
{
    private const string Table = "campaign_performance";

    public static Command Create(Terminal terminal)
    {
        var campaign = SharedOptions.Named<string>("--campaign", "The campaign, by id or name", "CAMPAIGN");
        var date = DateOptions.Day("--date", "A day in the campaign's own zone", "that zone");
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
                using var open = await settings.OpenLakeAsync(terminal, cancellation);
                using var engine = new DuckDbEngine(settings.Engine, terminal.Clock);
                var (id, day) = await CellAsync(
                    engine,
                    open,
                    parsed.GetValue(campaign)!,
                    parsed.GetValue(date)!,
                    terminal.Clock,
                    cancellation
                );
                var cell = new CellOptions(id, day, CellMetric.Find(parsed.GetValue(metric)!)!)
                {
                    Net = !parsed.GetValue(gross),
                    ByInteraction = parsed.GetValue(touchDates),
                };
                var explanation = await CellExplainer.ReadAsync(engine, open, cell, settings.Models, cancellation);
                if (explanation.Staleness.Note is { } note)
                    terminal.Note($"adx explain: {note}");
                if (parsed.GetValue(json))
                    terminal.WriteJson(CellExplanationJson.Of(explanation));
                else
                    CellExplanationText.Print(explanation, terminal.Text);
                return ExitCode.Done;
            }
        );
        return command;
    }

    /// <summary>The campaign's id and the date, which today is by its zone.</summary>
    /// <exception cref="LakeException">The models were never run, the campaign is not known, or has no figures on that
    /// date.</exception>
    private static async Task<(string Id, DateOnly Day)> CellAsync(
        DuckDbEngine engine,
        DataLake lake,
        string campaign,
        GivenDate date,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        // That no model ran says more than that the campaign is unknown.
        await ReportTables.SetsAsync(lake, [Table], cancellation);
        var found = await new GivenNames(engine, lake).CampaignsAsync([campaign], [Table], cancellation);
        var day = date.First(DateOptions.Today(clock, found[0].TimeZone));
        var options = new PerformanceReportOptions
        {
            Campaigns = [found[0].Id],
            From = day,
            To = day,
        };
        await ReportScope.ReadAsync(engine, lake, options, Table, cancellation);
        return (found[0].Id, day);
    }
}
