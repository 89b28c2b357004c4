namespace AdvertiseX.Engines;

/// <summary>A column of a <see cref="ParquetSet"/>.</summary>
/// <param name="Name">Its name, any text.</param>
/// <param name="Type">Its type; values of another are cast.</param>
public readonly record struct ParquetColumn(string Name, SqlType Type)
{
    /// <summary>What the column is made of, in the engine's SQL over columns of the files; null for the files' column
    /// of that name.</summary>
    public string? Expression { get; init; }
}
