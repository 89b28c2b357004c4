namespace AdvertiseX.Contracts;

/// <summary>What the values of a field look like.</summary>
internal enum ValueShape
{
    /// <summary>No value was seen.</summary>
    None,

    /// <summary>ISO 8601, or an epoch in seconds to microseconds of the years 2001 to 2100.</summary>
    Time,

    Boolean,

    /// <summary>Digits only.</summary>
    Integer,

    /// <summary>A number with a decimal point.</summary>
    Decimal,

    /// <summary>IPv4 or IPv6.</summary>
    Address,

    Url,

    UserAgent,

    /// <summary>Two capital letters.</summary>
    Country,

    /// <summary>Three capital letters.</summary>
    Currency,

    /// <summary>An object or array.</summary>
    Nested,

    Text,
}
