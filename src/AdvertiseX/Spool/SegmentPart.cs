namespace AdvertiseX.Spool;

/// <summary>What a <see cref="SegmentReader"/> came upon.</summary>
internal enum SegmentPart
{
    /// <summary>Nothing more so far.</summary>
    Nothing,

    /// <summary>A whole delivery.</summary>
    Delivery,

    /// <summary>What is left of one or several deliveries.</summary>
    Damage,

    /// <summary>The mark behind the last delivery.</summary>
    End,
}
