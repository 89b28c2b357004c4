namespace AdvertiseX.Generation;

/// <summary>An impression with its payload.</summary>
internal struct ImpressionFact
{
    public ulong Id;
    public ulong Auction;
    public long TimeMicros;
    public int User;
    public uint Profile;
    public BotKind Bot;
    public int Site;
    public int Campaign;
    public int Creative;
    public int Placement;
    public int Page;

    /// <summary>-1: the record has no cost.</summary>
    public long CostMicros;

    /// <summary>The record leaves its campaign to whoever knows the creative.</summary>
    public bool OmitsCampaign;

    public bool OmitsCurrency;
    public bool Measurable;

    /// <summary>-1: not viewable.</summary>
    public int ViewMilliseconds;

    /// <summary>Both prices per mille; micros of the unit.</summary>
    public long FloorMicros;
    public long BidMicros;
}
