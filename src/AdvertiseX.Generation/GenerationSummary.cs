namespace AdvertiseX.Generation;

/// <summary>What was written.</summary>
/// <param name="Impressions">Lines of the impression feed.</param>
/// <param name="Clicks">Lines that are clicks, and lines of that feed whose kind cannot be told.</param>
/// <param name="Conversions">Lines that are conversions.</param>
/// <param name="BidRequests">Records of the bid request feed, and damaged blocks.</param>
/// <param name="FeedBytes">Uncompressed bytes of lines, compressed bytes of Avro blocks.</param>
/// <param name="FeedFiles">Files of the three feeds.</param>
/// <param name="Elapsed">Time taken.</param>
public sealed record GenerationSummary(
    FeedCounts Impressions,
    FeedCounts Clicks,
    FeedCounts Conversions,
    FeedCounts BidRequests,
    long FeedBytes,
    int FeedFiles,
    TimeSpan Elapsed
);
