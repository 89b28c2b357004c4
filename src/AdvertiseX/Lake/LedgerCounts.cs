using AdvertiseX.Events;

namespace AdvertiseX.Lake;

/// <summary>What became of one stream's records of one kind in one batch. Negative only in corrections.</summary>
/// <param name="Kind">Name of the kind's table: impressions, clicks, conversions, bid_requests.</param>
/// <param name="Received">Sum of the four that follow.</param>
/// <param name="Accepted">Rows in the kind's table.</param>
/// <param name="Duplicate">Same id, same payload as a row that is there.</param>
/// <param name="Rejected">Rows in <c>rejects</c>.</param>
/// <param name="Filtered">Left out by the contract's <c>where</c>.</param>
/// <param name="Reasons">Rejected by reason code; adds up to <paramref name="Rejected"/>.</param>
internal sealed record LedgerCounts(
    string Kind,
    long Received,
    long Accepted,
    long Duplicate,
    long Rejected,
    long Filtered,
    IReadOnlyDictionary<string, long> Reasons
)
{
    /// <summary>Whether received = accepted + duplicate + rejected + filtered, and the reasons add up to
    /// rejected.</summary>
    public bool Conserves => Received == Accepted + Duplicate + Rejected + Filtered && Reasons.Values.Sum() == Rejected;

    /// <summary>What takes these counts back.</summary>
    public LedgerCounts Negated() =>
        new(
            Kind,
            -Received,
            -Accepted,
            -Duplicate,
            -Rejected,
            -Filtered,
            Reasons.ToDictionary(reason => reason.Key, reason => -reason.Value, StringComparer.Ordinal)
        );

    /// <summary>The counts that ingestion kept.</summary>
    public static LedgerCounts Of(EventKind kind, KindCounts counts) =>
        new(
            FactTables.Of(kind).Name,
            counts.Received,
            counts.Accepted,
            counts.Duplicate,
            counts.Rejected,
            counts.Filtered,
            counts.Reasons().ToDictionary(reason => reason.Key, reason => reason.Value, StringComparer.Ordinal)
        );
}
