namespace AdvertiseX.Messages;

/// <summary>The format of a message.</summary>
internal enum MessageFormat
{
    /// <summary>Empty.</summary>
    None,

    /// <summary>An object, several, or an array of them.</summary>
    Json,

    /// <summary>Rows, under a header or as the contract names the columns.</summary>
    Csv,

    /// <summary>A framed datum.</summary>
    Avro,
}
