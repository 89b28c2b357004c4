namespace AdvertiseX.Engines;

/// <summary>A column of a <see cref="ParquetSet"/>.</summary>
/// <param name="Name">Its name, any text.</param>
/// <param name="SqlType">Its type in SQL: VARCHAR, BIGINT, INTEGER, DOUBLE, BOOLEAN, DATE, TIMESTAMPTZ, DECIMAL(p, s), BLOB.</param>
public readonly record struct ParquetColumn(string Name, string SqlType);
