namespace AdvertiseX.Generation;

internal enum PendingKind : byte
{
    Impression,
    Click,
    Conversion,
}

/// <summary>An event still to come, with what it must remember of the event that caused it.</summary>
internal struct PendingEvent
{
    public long TimeMicros;
    public PendingKind Kind;

    /// <summary>Index of the user, or <see cref="Catalogue.NoUser"/>.</summary>
    public int User;

    /// <summary>Fixed per user; device, place and address follow from it.</summary>
    public uint Profile;

    public int Site;
    public int Campaign;
    public int Creative;

    /// <summary>For an impression: how many its session still has, itself included.</summary>
    public int Remaining;

    /// <summary>The impression behind a click, or the touch behind a conversion.</summary>
    public Touch Cause;

    /// <summary>The feed names the cause by its id.</summary>
    public bool CarriesId;

    /// <summary>Faster than a person: what the rules for invalid traffic look for.</summary>
    public bool Hasty;

    /// <summary>Of a click: names an impression that no feed holds.</summary>
    public bool CarriesUnknownId;

    public ConversionKind Conversion;

    /// <summary>Number of the order; 0 for none.</summary>
    public ulong Order;

    /// <summary>Null for a conversion without an amount.</summary>
    public long? RevenueMicros;
}

internal enum ConversionKind : byte
{
    Purchase,
    Signup,
    Lead,
    AddToCart,
    Refund,
}

internal enum TouchKind : byte
{
    View,
    Click,
}

/// <summary>An impression or click as attribution sees it.</summary>
internal readonly record struct Touch(
    TouchKind Kind,
    ulong Id,
    long TimeMicros,
    int Campaign,
    bool Accepted,
    bool Invalid
)
{
    public byte Letter => Kind == TouchKind.Click ? (byte)'c' : (byte)'i';
}
