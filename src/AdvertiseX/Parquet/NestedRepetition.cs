namespace AdvertiseX.Parquet;

/// <summary>FieldRepetitionType of parquet.thrift.</summary>
internal enum NestedRepetition
{
    Required = 0,
    Optional = 1,
    Repeated = 2,
}
