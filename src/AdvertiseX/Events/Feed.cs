namespace AdvertiseX.Events;

/// <summary>The three feeds that reach an ad-data platform.</summary>
public enum Feed
{
    /// <summary>Ad impressions, usually JSON.</summary>
    Impressions,

    /// <summary>Clicks and conversions in one feed, usually CSV; the value of a field tells the kind.</summary>
    ClicksConversions,

    /// <summary>Bid requests, usually Avro.</summary>
    BidRequests,
}
