namespace AdvertiseX.Engines;

/// <summary>Type of a column as SQL sees it, whatever the engine; <see cref="SqlDialect.NameOf"/> gives an engine's
/// name of it.</summary>
public enum SqlType
{
    Text,
    Int64,
    Int32,
    Boolean,
    Double,
    Date,

    /// <summary>An instant: micros since 1970 UTC.</summary>
    Timestamp,
    Binary,
}
