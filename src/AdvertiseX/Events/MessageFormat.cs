namespace AdvertiseX.Events;

/// <summary>The format of a message.</summary>
internal enum MessageFormat
{
    /// <summary>Not stated: the message's first bytes tell.</summary>
    None,

    /// <summary>An object, several, or an array of them.</summary>
    Json,

    /// <summary>Rows, under a header or as the contract names the columns.</summary>
    Csv,

    /// <summary>A framed datum, or an object container file.</summary>
    Avro,
}
