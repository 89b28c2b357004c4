namespace AdvertiseX.Events;

/// <summary>What <see cref="Micros.Parse"/> found.</summary>
internal enum DecimalVerdict
{
    Ok,

    /// <summary>The text is no decimal number.</summary>
    NotANumber,

    /// <summary>It does not fit 64 bits at the scale asked for.</summary>
    OutOfRange,
}
