using AdvertiseX.Cli.Models;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Models;

namespace AdvertiseX.Cli.Ingest;

/// <summary>The object that <c>adx ingest --json</c> prints.</summary>
internal static class IngestJson
{
    /// <summary>One key a kind of event, then what concerns the run.</summary>
    public static IReadOnlyDictionary<string, object> Of(
        IngestReport report,
        long? ledgerVersion = null,
        IReadOnlyList<ModelResult>? models = null
    )
    {
        var result = new Dictionary<string, object>();
        foreach (var kind in Enum.GetValues<EventKind>())
        {
            var counts = report.CountsOf(kind);
            result[FactTables.Of(kind).Name] = new
            {
                counts.Received,
                counts.Accepted,
                counts.Duplicate,
                counts.Rejected,
                counts.Filtered,
                Reasons = counts.Reasons().ToDictionary(reason => reason.Key, reason => reason.Value),
                counts.DuplicateWithoutUser,
                // Clicks and conversions are one feed: its bytes and seconds stand under clicks.
                Bytes = report.BytesOf(kind),
                Seconds = Math.Round(report.SecondsOf(kind), 3),
            };
        }

        result["files"] = new
        {
            Read = report.FilesRead,
            Unchanged = report.Unchanged.Count,
            Skipped = report.Skipped.Select(file => new { file.Path, Reason = IngestPlan.Brief(file) }),
            Failed = report.Failed.Select(file => new { file.Path, file.Reason }),
        };
        result["unmapped_fields"] = report.Unmapped;
        result["looked_back_to"] = Enum.GetValues<EventKind>()
            .ToDictionary(
                kind => FactTables.Of(kind).Name,
                kind => report.LookedBackTo.TryGetValue(kind, out var since) ? since : (DateTimeOffset?)null
            );
        result["ledger_version"] = ledgerVersion ?? report.LedgerVersion;
        result["commits"] = report.Commits;
        result["bytes"] = report.TotalBytes;
        result["seconds"] = Math.Round(report.Seconds, 3);
        result["stopped"] = report.Stopped;
        if (models is not null)
            result["models"] = ModelRefreshing.Describe(models);
        return result;
    }
}
