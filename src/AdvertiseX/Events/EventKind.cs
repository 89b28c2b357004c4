namespace AdvertiseX.Events;

/// <summary>The kinds of events, one fact table each. The numbers index arrays and never change.</summary>
public enum EventKind
{
    Impression = 0,
    Click = 1,
    Conversion = 2,
    BidRequest = 3,
}
