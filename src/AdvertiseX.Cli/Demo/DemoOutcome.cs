using AdvertiseX.Events;
using AdvertiseX.Generation;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Cli.Demo;

/// <summary>What a demo came to.</summary>
/// <param name="Made">The generated feeds.</param>
/// <param name="Ingest">What became of their lines.</param>
/// <param name="Models">The models run.</param>
/// <param name="Verify">The lake against itself.</param>
/// <param name="Truth">The lake against the truth.</param>
internal sealed record DemoOutcome(
    GenerationSummary Made,
    IngestReport Ingest,
    IReadOnlyList<ModelResult> Models,
    VerifyReport Verify,
    IReadOnlyList<TruthFinding> Truth
)
{
    public IEnumerable<(EventKind Kind, FeedCounts Expected)> Expected =>
        [
            (EventKind.Impression, Made.Impressions),
            (EventKind.Click, Made.Clicks),
            (EventKind.Conversion, Made.Conversions),
            (EventKind.BidRequest, Made.BidRequests),
        ];

    /// <summary>Whether every line got the verdict that the truth has for it, in sum.</summary>
    public bool VerdictsHold => Expected.All(each => Agrees(each.Kind, each.Expected));

    public bool Holds => VerdictsHold && Verify.Holds && Truth.All(finding => finding.Holds);

    public bool Agrees(EventKind kind, FeedCounts expected)
    {
        var counts = Ingest.CountsOf(kind);
        return counts.Conserves
            && counts.Received == expected.Received
            && counts.Accepted == expected.Accepted
            && counts.Duplicate == expected.Duplicate
            && counts.Rejected == expected.Rejected
            && counts.Filtered == expected.Filtered;
    }
}
