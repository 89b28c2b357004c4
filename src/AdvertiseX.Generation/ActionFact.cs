namespace AdvertiseX.Generation;

/// <summary>A click or conversion with its payload.</summary>
internal struct ActionFact
{
    public ulong Id;
    public bool IsClick;
    public long TimeMicros;
    public int User;
    public uint Profile;
    public BotKind Bot;

    /// <summary>Of a click.</summary>
    public int Site;

    public int Campaign;

    /// <summary>-1: none given.</summary>
    public int Creative;

    /// <summary>0: none given.</summary>
    public ulong ImpressionId;

    /// <summary>0: none given.</summary>
    public ulong ClickId;

    public ConversionKind Conversion;

    /// <summary>0: none.</summary>
    public ulong Order;

    public long? RevenueMicros;

    /// <summary>-1: none given.</summary>
    public long CostMicros;

    public bool GivesUserAgent;

    /// <summary>The row alone shows that no person did this.</summary>
    public readonly bool InvalidByRow =>
        IsClick && (Bot == BotKind.DataCentre || (Bot == BotKind.DeclaredAgent && GivesUserAgent));
}
