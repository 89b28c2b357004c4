using System.CommandLine;
using System.Globalization;
using AdvertiseX.Cli.Text;
using AdvertiseX.Lake;

namespace AdvertiseX.Cli.Lake;

/// <summary><c>adx lake history TABLE</c>.</summary>
internal static class LakeHistoryCommand
{
    public static Command Create(Terminal terminal)
    {
        var table = new Argument<string>("TABLE") { Description = "Name of a table" };
        var lake = SharedOptions.Lake(terminal);
        var limit = SharedOptions.Named("--limit", "Commits shown at most, newest first", "N", 20);
        var json = SharedOptions.Json("Print one JSON array");
        var command = new AdxCommand("history", "List the commits of a table, newest first.")
        {
            Examples = [("adx lake history impressions --limit 5", "the last five commits")],
        }.With(table, lake, limit, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                var most = (int)Usage.Range("--limit", parsed.GetValue(limit), 1, 1_000_000);
                using var open = await settings.OpenLakeAsync(terminal, cancellation);
                var name = parsed.GetValue(table)!;
                var found = open.AllTables.FirstOrDefault(candidate => candidate.Name == name) ?? open.Table(name);
                var commits = await LakeHistory.ReadAsync(found, most, cancellation);
                if (parsed.GetValue(json))
                    terminal.WriteJson(commits);
                else
                    Print(commits, terminal.Text);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static void Print(IReadOnlyList<TableCommit> commits, TextWriter output)
    {
        var text = new TextTable(
            "version",
            "time (UTC)",
            "operation",
            "rows added",
            "files added",
            "files removed",
            "ledger version"
        )
        {
            LeftColumns = [1, 2],
        };
        foreach (var commit in commits)
        {
            text.Add(
                commit.Version.ToString(CultureInfo.InvariantCulture),
                commit.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                commit.Operation,
                Amounts.Count(commit.RowsAdded),
                Amounts.Count(commit.FilesAdded),
                Amounts.Count(commit.FilesRemoved),
                commit.LedgerVersion?.ToString(CultureInfo.InvariantCulture) ?? ""
            );
        }

        text.Write(output);
    }
}
