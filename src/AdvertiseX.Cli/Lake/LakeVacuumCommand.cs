using System.CommandLine;
using AdvertiseX.Cli.Text;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Lake;

/// <summary><c>adx lake vacuum</c>.</summary>
internal static class LakeVacuumCommand
{
    public static Command Create(Terminal terminal)
    {
        var lake = SharedOptions.Lake(terminal);
        var hours = SharedOptions.Named<double?>(
            "--retain-hours",
            "Keep files that left a table so long, instead of retention.files_hours",
            "HOURS"
        );
        var dryRun = SharedOptions.DryRun("Only say what would be deleted");
        var json = SharedOptions.Json();
        var command = new AdxCommand("vacuum", "Delete files that no reader within the retention may want.")
        {
            Examples = [("adx lake vacuum --dry-run", "what would go")],
        }.With(lake, hours, dryRun, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                var retention = settings.Retention;
                if (parsed.GetValue(hours) is { } kept)
                    retention = retention with
                    {
                        Files = TimeSpan.FromHours(
                            Usage.Allowed<LakeRetention>("--retain-hours", kept, nameof(LakeRetention.Files))
                        ),
                    };
                using var open = await settings.OpenLakeUnappliedAsync(terminal, cancellation);
                var followed = await Followers.ReadAsync(open, cancellation);
                var report = await Vacuum.RunAsync(open, retention, followed, parsed.GetValue(dryRun), cancellation);
                if (parsed.GetValue(json))
                    terminal.WriteJson(Describe(report));
                else
                    Print(report, terminal.Text);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static object Describe(VacuumReport report) =>
        new
        {
            report.DryRun,
            Files = report.Files.Select(file => file.Key),
            LogFiles = report.LogFiles.Select(file => file.Key),
            report.Bytes,
        };

    private static void Print(VacuumReport report, TextWriter output)
    {
        if (report.DryRun)
            foreach (var file in report.Files.Concat(report.LogFiles))
                output.WriteLine(TerminalText.Visible(file.Key));
        output.WriteLine(
            $"{(report.DryRun ? "would delete" : "deleted")} {Amounts.Count(report.Files.Count)} data files and "
                + $"{Amounts.Count(report.LogFiles.Count)} log files, {Amounts.Bytes(report.Bytes)}"
        );
    }
}
