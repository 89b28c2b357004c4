using System.CommandLine;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Reports;

/// <summary><c>adx report campaigns</c>.</summary>
internal static class ReportCampaignsCommand
{
    public static Command Create(Terminal terminal)
    {
        var lake = SharedOptions.Lake(terminal);
        var from = SharedOptions.Named<DateOnly?>("--from", "First day, in each campaign's own zone, inclusive", "DATE");
        var to = SharedOptions.Named<DateOnly?>("--to", "Last day, inclusive", "DATE");
        var by = SharedOptions.Named("--by", "total, day, week (from Monday) or month", "PERIOD", ReportPeriod.Total);
        by.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, Enum.GetNames<ReportPeriod>().Select(name => name.ToLowerInvariant()).ToArray());
        var campaigns = SharedOptions.Named<string[]>("--campaign", "Only this campaign; may be given several times", "ID");
        var net = SharedOptions.Named<bool>("--net", "Without invalid traffic and repeated orders");
        var touchDates = SharedOptions.Named<bool>("--by-interaction", "Conversions and revenue on the day of the touch that earned them, not of the conversion");
        var format = SharedOptions.Named<string?>("--format", "table, csv or json (one array of objects); default: by the name of --output, else table", "FORMAT");
        format.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "table", "csv", "json");
        var json = SharedOptions.Json("The same as --format json");
        var output = SharedOptions.Named<string?>("--output", "Write to this file, over what is there", "FILE");
        var command = new AdxCommand("campaigns", "Impressions, clicks, conversions, spend, revenue and their ratios by campaign.")
        {
            Examples =
            [
                ("adx report campaigns --lake ./lake --from 2024-03-01 --to 2024-03-07 --by day", "a week, day by day"),
                ("adx report campaigns --net --format csv --output march.csv", "valid traffic only, as CSV"),
            ],
        }.With(lake, from, to, by, campaigns, net, touchDates, format, json, output);
        command.SetAction((parsed, cancellation) =>
        {
            var options = new PerformanceReportOptions
            {
                From = parsed.GetValue(from),
                To = parsed.GetValue(to),
                By = parsed.GetValue(by),
                Campaigns = parsed.GetValue(campaigns) ?? [],
                Net = parsed.GetValue(net),
                ByInteraction = parsed.GetValue(touchDates),
            };
            if (options.From > options.To) throw new UsageException($"--from {options.From:yyyy-MM-dd} is after --to {options.To:yyyy-MM-dd}");
            string? path = parsed.GetValue(output) is { } name ? Path.GetFullPath(name) : null;
            var chosen = FormatChoice.Of(parsed.GetValue(format), parsed.GetValue(json), path);
            if (chosen == ResultFormat.Parquet) throw new UsageException("a report is written as table, csv or json; adx query writes Parquet");
            return RunAsync(parsed.GetValue(lake)!, options, chosen, path, terminal, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        string folder, PerformanceReportOptions options, ResultFormat format, string? path, Terminal terminal, CancellationToken cancellation)
    {
        using var lake = await DataLake.OpenAsync(folder, cancellation: cancellation);
        using var engine = new DuckDbEngine(time: terminal.Clock);
        using var target = path is null ? null : new ReplacedFile(path);
        using (var result = await PerformanceReport.ReadAsync(engine, lake, options, cancellation))
        using (var file = target?.Create())
        {
            var output = file ?? terminal.Output;
            switch (format)
            {
                case ResultFormat.Csv: CsvResultWriter.Write(result, output); break;
                case ResultFormat.Json: JsonResultWriter.Write(result, output); output.Write("\n"u8); break;
                default:
                    using (var text = new StreamWriter(output, leaveOpen: true) { NewLine = "\n" })
                        CampaignTable.Read(result).Write(text);
                    break;
            }
        }

        target?.Complete();
        foreach (string note in await PerformanceReport.NotesAsync(engine, lake, options, cancellation)) terminal.Note($"adx: {note}");
        return ExitCode.Done;
    }
}
