using AdvertiseX.Cli.Models;
using AdvertiseX.Cli.Text;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Models;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Ingest;

/// <summary>What a person reads after an ingest.</summary>
internal static class IngestSummary
{
    private const int UnmappedShown = 8;

    public static void Print(
        IngestReport report,
        string lake,
        long ledgerVersion,
        IReadOnlyList<ModelResult> models,
        TimeSpan modelsTook,
        Terminal terminal
    )
    {
        var output = terminal.Text;
        PrintCounts(report, output);
        output.WriteLine();
        foreach (var kind in Enum.GetValues<EventKind>())
        {
            var reasons = report.CountsOf(kind).Reasons().OrderByDescending(reason => reason.Value).ToList();
            if (reasons.Count > 0)
                output.WriteLine(
                    $"rejected {FactTables.Of(kind).Name}: {string.Join(", ", reasons.Select(r => $"{r.Key} {Amounts.Count(r.Value)}"))}"
                );
        }

        if (report.Unmapped.Count > 0)
        {
            var most = report.Unmapped.OrderByDescending(field => field.Value).ToList();
            var rest = most.Count > UnmappedShown ? $", and {most.Count - UnmappedShown} more" : "";
            output.WriteLine(
                $"kept in extra, as no contract names them: {string.Join(", ", most.Take(UnmappedShown).Select(f => TerminalText.Visible(f.Key)))}{rest}"
            );
        }

        foreach (var (kind, since) in report.LookedBackTo)
            output.WriteLine(
                $"{FactTables.Of(kind).Name}: copies at another time were looked for since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC only; raise ingest.key_filter_mib to look further back"
            );
        output.WriteLine(FilesLine(report));
        foreach (var line in ModelRefreshing.Summary(models, modelsTook))
            output.WriteLine(line);
        output.WriteLine($"{lake} is at ledger version {ledgerVersion}");
    }

    /// <summary>The counts of every kind.</summary>
    public static void PrintCounts(IngestReport report, TextWriter output, string indent = "")
    {
        CountsTable.Of(report.CountsOf).Write(output, indent);
    }

    /// <summary>Files, bytes and speed in one line.</summary>
    public static string FilesLine(IngestReport report)
    {
        var parts = new List<string>
        {
            $"{Amounts.Count(report.FilesRead)} {(report.FilesRead == 1 ? "file" : "files")} read",
        };
        if (report.Unchanged.Count > 0)
            parts.Add($"{Amounts.Count(report.Unchanged.Count)} unchanged");
        if (report.Skipped.Count > 0)
            parts.Add($"{Amounts.Count(report.Skipped.Count)} skipped");
        var speed =
            report.Seconds > 0.05 && report.TotalReceived > 0
                ? $" ({Amounts.Short((long)(report.TotalReceived / report.Seconds))} records/s, {Amounts.Bytes((long)(report.TotalBytes / report.Seconds))}/s)"
                : "";
        return $"{string.Join(", ", parts)}: {Amounts.Bytes(report.TotalBytes)} in {Amounts.Duration(TimeSpan.FromSeconds(report.Seconds))}{speed}";
    }
}
