using System.CommandLine;
using AdvertiseX.Cli.Configuration;
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
            "Read no file whole: neither its hash is compared, nor are ids looked for that stand twice"
        );
        var json = SharedOptions.Json();
        var command = new AdxCommand(
            "verify",
            "Check that nothing was lost, doubled or damaged; exit code 1 if something does not hold."
        )
        {
            Examples =
            [
                ("adx lake verify --lake ./lake", "conservation, positions, rows, files and their hashes, logs, ids"),
            ],
        }.With(lake, quick, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                using var open = await settings.OpenLakeAsync(terminal, cancellation);
                var report = await ProgressBar.RunAsync(
                    terminal,
                    "verifying",
                    _ => LakeVerifier.RunAsync(open, OptionsOf(settings, parsed.GetValue(quick)), cancellation).AsTask()
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

    /// <summary>How a lake is verified that was ingested with these settings.</summary>
    public static VerifyOptions OptionsOf(AdxSettings settings, bool quick = false) =>
        new() { Quick = quick, DuplicateLookback = settings.Ingest.DuplicateLookback };

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
        foreach (var remark in report.Remarks)
            output.WriteLine($"remark: {remark}");
        if (report.UnhashedFiles > 0)
            output.WriteLine(
                $"{Amounts.Count(report.UnhashedFiles)} files have no hash, as they were written by an earlier version or another program: their content is not checked"
            );
        if (report.UnnamedFiles > 0)
            output.WriteLine(
                $"{Amounts.Count(report.UnnamedFiles)} files that no log names are left of interrupted runs; adx lake vacuum removes them in time"
            );
    }
}
