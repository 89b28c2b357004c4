namespace AdvertiseX.Parquet;

/// <summary>A column that holds values, as a file's schema has it.</summary>
/// <param name="Name">Path, joined by dots.</param>
/// <param name="Type">Physical type.</param>
/// <param name="IsRequired">Neither it nor a group above it may be absent or repeated: its pages hold no
/// levels.</param>
internal readonly record struct ParquetFooterColumn(string Name, ParquetType Type, bool IsRequired)
{
    /// <summary>Definition level of an entry that has a value: how many of it and the groups above it may be
    /// absent.</summary>
    public int MaxDefinition { get; init; }

    /// <summary>How many of it and the groups above it may be repeated.</summary>
    public int MaxRepetition { get; init; }
}
