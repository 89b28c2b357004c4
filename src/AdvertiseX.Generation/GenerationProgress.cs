namespace AdvertiseX.Generation;

/// <summary>How far a generation is; reported once for each simulated hour.</summary>
/// <param name="Impressions">Impressions shown so far.</param>
/// <param name="TotalImpressions">Impressions asked for.</param>
/// <param name="FeedBytes">Bytes of the feeds so far.</param>
public readonly record struct GenerationProgress(long Impressions, long TotalImpressions, long FeedBytes);
