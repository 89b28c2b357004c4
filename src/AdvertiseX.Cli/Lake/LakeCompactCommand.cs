using System.CommandLine;
using AdvertiseX.Cli.Models;
using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Cli.Lake;

/// <summary><c>adx lake compact</c>.</summary>
internal static class LakeCompactCommand
{
    public static Command Create(Terminal terminal)
    {
        var lake = SharedOptions.Lake(terminal);
        var least = SharedOptions.Named<int?>(
            "--min-files",
            "Compact partitions with so many small files, instead of compaction.min_files",
            "N"
        );
        var json = SharedOptions.Json("Print one JSON array");
        var command = new AdxCommand("compact", "Merge small files; rows stay the same.")
        {
            Examples = [("adx lake compact --min-files 2", "merge wherever a date has two small files")],
        }.With(lake, least, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                var options = parsed.GetValue(least) is { } files
                    ? settings.Compaction with
                    {
                        MinFiles = (int)
                            Usage.Allowed<CompactionOptions>("--min-files", files, nameof(CompactionOptions.MinFiles)),
                    }
                    : settings.Compaction;
                var catalog = ModelRefreshing.CatalogOf(settings, directory: null);
                using var open = await settings.OpenLakeAsync(terminal, cancellation);
                using var engine = new DuckDbEngine(settings.Engine, terminal.Clock);
                var reports = await ProgressBar.RunAsync(
                    terminal,
                    "compacting",
                    _ =>
                        Compaction
                            .RunAsync(
                                open,
                                engine,
                                options,
                                new SumFolding(open, catalog, settings.Models.TrafficRules).OfAsync,
                                cancellation
                            )
                            .AsTask()
                );
                if (parsed.GetValue(json))
                    terminal.WriteJson(reports);
                else
                    Print(reports, terminal.Text);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static void Print(IReadOnlyList<CompactionReport> reports, TextWriter output)
    {
        if (reports.Count == 0)
        {
            output.WriteLine("nothing to compact");
            return;
        }

        var text = new TextTable("table", "small files", "became", "rows", "given up");
        foreach (var report in reports)
        {
            text.Add(
                report.Table,
                Amounts.Count(report.Before),
                Amounts.Count(report.After),
                Amounts.Count(report.Rows),
                Amounts.Count(report.Conflicts)
            );
        }

        text.Write(output);
    }
}
