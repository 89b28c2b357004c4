namespace AdvertiseX.Sources;

/// <summary>The format of a file's decompressed content.</summary>
public enum WireFormat
{
    Json,
    Csv,
    Avro,
}
