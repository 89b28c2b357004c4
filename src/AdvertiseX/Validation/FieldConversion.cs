namespace AdvertiseX.Validation;

/// <summary>How a slot becomes a column's value.</summary>
internal enum FieldConversion : byte
{
    Text,
    Dictionary,
    Micros,
    Integer,
    Boolean,
    Json,
}
