using System.CommandLine;
using AdvertiseX.Cli.Text;
using AdvertiseX.Lake;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Lake;

/// <summary><c>adx lake verify</c>: whether the lake agrees with itself.</summary>
internal static class LakeVerifyCommand
{
    private const int ProblemsShown = 100;

    public static Command Create(Terminal terminal)
    {
        var lake = SharedOptions.Lake(terminal);
        var quick = SharedOptions.Named<bool>(
            "--quick",
            "Do not look for ids that stand twice, which reads the ids of every row"
        );
        var json = SharedOptions.Json();
        var command = new AdxCommand(
            "verify",
            "Check that nothing was lost or doubled; exit code 1 if something does not hold."
        )
        {
            Examples = [("adx lake verify --lake ./lake", "conservation, positions, rows, files, logs, ids")],
        }.With(lake, quick, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                using var open = await settings.OpenLakeAsync(terminal, cancellation);
                var report = await ProgressBar.RunAsync(
                    terminal,
                    "verifying",
                    _ => LakeVerifier.RunAsync(open, !parsed.GetValue(quick), cancellation).AsTask()
                );
                if (parsed.GetValue(json))
                    terminal.WriteJson(report);
                else
                    Print(report, settings.LakePath, terminal.Text);
                return report.Holds ? ExitCode.Done : ExitCode.Failed;
            }
        );
        return command;
    }

    /// <summary>What was looked at, in one line.</summary>
    public static string Scope(VerifyReport report) =>
        $"{Amounts.Count(report.Tables)} tables, {Amounts.Count(report.Files)} files, {Amounts.Count(report.Rows)} rows, "
        + $"{Amounts.Count(report.Streams)} streams, {Amounts.Count(report.LedgerRows)} ledger rows";

    private static void Print(VerifyReport report, string folder, TextWriter output)
    {
        foreach (var found in report.Problems.Take(ProblemsShown))
            output.WriteLine(TerminalText.Visible($"{found}"));
        if (report.Problems.Count > ProblemsShown)
            output.WriteLine($"and {Amounts.Count(report.Problems.Count - ProblemsShown)} more");
        output.WriteLine(
            report.Holds
                ? $"{folder} holds: {Scope(report)}"
                : $"{folder} does not hold: {Amounts.Count(report.Problems.Count)} breaks in {Scope(report)}"
        );
        if (report.UnnamedFiles > 0)
            output.WriteLine(
                $"{Amounts.Count(report.UnnamedFiles)} files that no log names are left of interrupted runs; adx lake vacuum removes them in time"
            );
    }
}
