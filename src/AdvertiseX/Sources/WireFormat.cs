namespace AdvertiseX.Sources;

/// <summary>The format of a file's decompressed content.</summary>
public enum WireFormat
{
    /// <summary>Objects one a line, one after the other, or in one array; UTF-8.</summary>
    Json,

    /// <summary>A header and rows, divided by comma, semicolon, tab or bar; UTF-8.</summary>
    Csv,

    /// <summary>An Avro object container file.</summary>
    Avro,
}
