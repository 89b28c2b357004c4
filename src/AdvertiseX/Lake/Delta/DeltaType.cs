namespace AdvertiseX.Lake.Delta;

/// <summary>The primitive types of Delta that tables here use (Delta protocol, "Primitive Types").</summary>
internal enum DeltaType
{
    String,
    Long,
    Integer,
    Boolean,
    Double,
    Date,

    /// <summary>Micros since 1970 UTC.</summary>
    Timestamp,
    Binary,
}
