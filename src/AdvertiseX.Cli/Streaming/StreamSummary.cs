using AdvertiseX.Cli.Text;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;

namespace AdvertiseX.Cli.Streaming;

/// <summary>What a worker did, when it ends.</summary>
internal static class StreamSummary
{
    public static void Print(LiveTally tally, DataLake lake, TimeSpan took, StreamRequest request, Terminal terminal)
    {
        if (request.Json)
        {
            PrintJson(tally, lake, took, terminal);
            return;
        }

        CountsTable.Of(tally.CountsOf).Write(terminal.Text);
        terminal.Text.WriteLine(
            $"{Amounts.Count(tally.Commits)} {(tally.Commits == 1 ? "commit" : "commits")} in {Amounts.Duration(took)}; {request.Settings.LakePath} is at ledger version {lake.Ledger.Version}"
        );
    }

    private static void PrintJson(LiveTally tally, DataLake lake, TimeSpan took, Terminal terminal)
    {
        var result = Enum.GetValues<EventKind>()
            .ToDictionary(kind => FactTables.Of(kind).Name, kind => CountsOf(tally.CountsOf(kind)));
        result["commits"] = tally.Commits;
        result["ledger_version"] = lake.Ledger.Version;
        result["seconds"] = Math.Round(took.TotalSeconds, 3);
        terminal.WriteJson(result);
    }

    private static object CountsOf(KindCounts counts) =>
        new
        {
            counts.Received,
            counts.Accepted,
            counts.Duplicate,
            counts.Rejected,
            counts.Filtered,
        };
}
