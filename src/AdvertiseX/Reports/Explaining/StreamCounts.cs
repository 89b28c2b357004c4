namespace AdvertiseX.Reports.Explaining;

/// <summary>What the ledger says of the streams that brought events of a day: all that they brought, of other days
/// too.</summary>
/// <param name="Kind">impressions, clicks or conversions.</param>
/// <param name="Streams">How many streams.</param>
/// <param name="Received">Records received; the sum of the others.</param>
/// <param name="Accepted">Those that are in the tables.</param>
/// <param name="Duplicate">Repeats.</param>
/// <param name="Rejected">Records in <c>rejects</c>.</param>
/// <param name="Filtered">Records that a contract leaves out.</param>
internal sealed record StreamCounts(
    string Kind,
    long Streams,
    long Received,
    long Accepted,
    long Duplicate,
    long Rejected,
    long Filtered
);
