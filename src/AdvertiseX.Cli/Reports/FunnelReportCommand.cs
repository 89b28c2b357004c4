using System.CommandLine;
using System.Globalization;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Reports;

/// <summary><c>adx report funnel</c>.</summary>
internal static class FunnelReportCommand
{
    public static Command Create(Terminal terminal)
    {
        var common = new ReportOptions(
            terminal,
            ReportPeriod.Total,
            ReportPeriod.Day,
            ReportPeriod.Week,
            ReportPeriod.Month
        );
        var command = new AdxCommand(
            "funnel",
            "How many impressions of a day were clicked, and earned a conversion (always net)."
        )
        {
            Examples = [("adx report funnel --campaign camp-0001 --by day", "by the day of the impression")],
        }.With(common.With());
        command.Runs(
            (parsed, settings, cancellation) =>
            {
                var options = common.Read(parsed);
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
        await StaleFigures.NoteReportAsync(terminal, lake, settings, ["funnel", "campaigns"], cancellation);
        var scope = await ReportScope.ReadAsync(engine, lake, options, "funnel", cancellation);
        using var result = await FunnelReport.ReadAsync(engine, lake, scope.Options, cancellation);
        output.Write(result, scope.Heading("last touch by impression date"), Table);
        return ExitCode.Done;
    }

    private static TextTable Table(QueryResult result)
    {
        var columns = result.Columns.Select(column => column.Name).ToList();
        var hasPeriod = columns.Count == 9;
        var table = new TextTable([.. columns.Select(column => column.Replace('_', ' '))])
        {
            LeftColumns = hasPeriod ? [1, 2] : [1],
        };
        while (result.Read())
            table.Add([.. columns.Select((_, column) => Cell(result, column, hasPeriod))]);
        return table;
    }

    private static string Cell(QueryResult result, int column, bool hasPeriod)
    {
        if (result.IsNull(column))
            return "";
        if (column < 2)
            return string.Concat(result.GetString(column)!.Where(c => !char.IsControl(c)));
        if (column == 2 && hasPeriod)
            return result.GetDate(column).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return result
            .GetDouble(column)
            .ToString(column >= result.Columns.Count - 2 ? "0.00 %" : "N0", CultureInfo.InvariantCulture);
    }
}
