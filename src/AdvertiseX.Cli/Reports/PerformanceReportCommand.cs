using System.CommandLine;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Engines;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Reports;

/// <summary><c>adx report campaigns|creatives|sites|devices|geo|segments|audiences</c>.</summary>
internal static class PerformanceReportCommand
{
    public static Command Create(Terminal terminal, ReportSubject subject)
    {
        var isCampaigns = subject == ReportSubject.Campaigns;
        var hasModels = PerformanceSubject.Of(subject).HasModels;
        var common = isCampaigns
            ? new ReportOptions(
                terminal,
                ReportPeriod.Total,
                ReportPeriod.Hour,
                ReportPeriod.Day,
                ReportPeriod.Week,
                ReportPeriod.Month
            )
            : new ReportOptions(terminal, ReportPeriod.Total, ReportPeriod.Day, ReportPeriod.Week, ReportPeriod.Month);
        var model = SharedOptions.Named(
            "--model",
            $"Who earns a conversion: {string.Join(", ", AttributionModels.Names)}",
            "MODEL",
            AttributionModels.Names[0]
        );
        model.AcceptOnlyFromAmong([.. AttributionModels.Names]);
        var dates = SharedOptions.Named(
            "--dates",
            "Conversions and revenue on the day of the conversion, or of the interaction (touch) that earned them",
            "DAY",
            "conversion"
        );
        dates.AcceptOnlyFromAmong("conversion", "interaction");
        var reach = SharedOptions.Named<bool>("--reach", "Add reach, frequency and unique CTR");
        var pacing = SharedOptions.Named<bool>(
            "--pacing",
            "Add budget, what is spent of it, and how that compares with the time gone"
        );
        var completeness = SharedOptions.Named<bool>(
            "--completeness",
            "Add whether figures are mature, and what stands beside them unmatched"
        );
        var command = new AdxCommand(subject.ToString().ToLowerInvariant(), Description(subject))
        {
            Examples = Examples(subject),
        }.With(
            common.With([
                .. hasModels ? new Symbol[] { model } : [],
                dates,
                .. isCampaigns ? new Symbol[] { reach, pacing, completeness } : [],
            ])
        );
        command.Runs(
            (parsed, settings, cancellation) =>
            {
                var options = common.Read(parsed) with
                {
                    Subject = subject,
                    Model = hasModels ? parsed.GetValue(model)! : AttributionModels.Names[0],
                    ByInteraction = parsed.GetValue(dates) == "interaction",
                    Reach = isCampaigns && parsed.GetValue(reach),
                    Pacing = isCampaigns && parsed.GetValue(pacing),
                    Completeness = isCampaigns && parsed.GetValue(completeness),
                };
                ReportOptions.Require(options);
                var output = common.Output(parsed, terminal);
                return FreshRead.RunAsync(terminal, () => RunAsync(settings, options, output, terminal, cancellation));
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        AdxSettings settings,
        PerformanceReportOptions options,
        ReportOutput output,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        using var lake = await settings.OpenLakeAsync(terminal, cancellation);
        using var engine = new DuckDbEngine(settings.Engine, terminal.Clock);
        var select = new PerformanceSelect(options, engine.Dialect);
        await StaleFigures.NoteReportAsync(terminal, lake, settings, [.. select.Tables], cancellation);
        var scope = await ReportScope.ReadAsync(
            engine,
            lake,
            options,
            select.Dated,
            [.. select.DatedTables],
            cancellation
        );
        options = scope.Options;
        var credit =
            $"{options.Model.Replace('_', ' ')} by {(options.ByInteraction ? "interaction" : "conversion")} date";
        var seen = new HashSet<string>(StringComparer.Ordinal);
        // Whatever reads files comes before anything is written.
        var notes = await PerformanceReport.NotesAsync(engine, lake, options, cancellation);
        using (var result = await PerformanceReport.ReadAsync(engine, lake, options, cancellation))
            output.Write(result, scope.Heading(credit), rows => PerformanceTable.Read(rows, seen: seen));
        foreach (var odd in OddRatios(options, seen))
            terminal.Note($"adx: {odd}");
        foreach (var note in notes)
            terminal.Note($"adx: {note}");
        return ExitCode.Done;
    }

    /// <summary>Why ratios that are right look wrong.</summary>
    private static IEnumerable<string> OddRatios(PerformanceReportOptions options, HashSet<string> seen)
    {
        if (seen.Contains("cvr"))
            yield return "a CVR over 100 % is no fault: a click can earn several conversions, and conversions count on "
                + (options.ByInteraction ? "the day of their click" : "their own day, not on that of their click");
        if (options.ByInteraction && seen.Contains("cpa"))
            yield return "CPA by interaction date is not the rate of a campaign that pays by action: it pays on the day of the conversion";
    }

    private static string Description(ReportSubject subject) =>
        subject switch
        {
            ReportSubject.Campaigns => "Impressions, clicks, conversions, spend, revenue and their ratios by campaign.",
            ReportSubject.Creatives => "The same by creative and ad group.",
            ReportSubject.Sites => "The same by site.",
            ReportSubject.Devices => "The same by device type.",
            ReportSubject.Geo => "The same by country and region.",
            ReportSubject.Audiences => "The same by age band and gender of users, as far as they are described.",
            _ => "The same by what users had done in the 30 days before: converters, clickers, engaged, exposed, new.",
        };

    private static (string, string)[] Examples(ReportSubject subject) =>
        subject == ReportSubject.Campaigns
            ?
            [
                ("adx report campaigns --lake ./lake --from 2024-03-01 --to 2024-03-07 --by day", "a week, day by day"),
                (
                    "adx report campaigns --gross --model linear --reach",
                    "all traffic, every touch earns alike, with reach and frequency"
                ),
                (
                    "adx report campaigns --pacing --to 2024-03-15 --format csv --output march.csv",
                    "budgets against time, as CSV"
                ),
            ]
            :
            [
                (
                    $"adx report {subject.ToString().ToLowerInvariant()} --campaign camp-0001 --by week",
                    "one campaign, week by week"
                ),
            ];
}
