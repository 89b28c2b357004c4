namespace AdvertiseX.Decoding.Avro;

/// <summary>What the first bytes of a file say.</summary>
internal enum AvroHeaderState
{
    /// <summary>A header that can be used.</summary>
    Complete,

    /// <summary>It begins like one; more bytes are needed.</summary>
    NeedsMore,

    /// <summary>No Avro file, or one whose schema or codec cannot be used.</summary>
    Broken,
}
