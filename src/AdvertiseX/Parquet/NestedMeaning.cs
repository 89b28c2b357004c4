namespace AdvertiseX.Parquet;

/// <summary>Logical types that a <see cref="NestedField"/> can have.</summary>
internal enum NestedMeaning
{
    None,
    Text,
    Timestamp,
    Map,
    List,
}
