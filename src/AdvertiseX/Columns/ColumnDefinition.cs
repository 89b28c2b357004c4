namespace AdvertiseX.Columns;

/// <summary>One column of a table.</summary>
/// <param name="Name">Lower-case name with underscores, as in SQL.</param>
/// <param name="Type">Physical type.</param>
/// <param name="Nullable">Whether a row may lack a value.</param>
internal sealed record ColumnDefinition(string Name, ColumnType Type, bool Nullable = true)
{
    /// <summary>The value comes from or points at a person: no statistics, so that erasure leaves nothing in the
    /// log.</summary>
    public bool FromUser { get; init; }

    /// <summary>Values are random (hashes): stored plain, as encoding and compressing them costs and wins
    /// nothing.</summary>
    public bool Random { get; init; }

    /// <summary>The column with the text of which this one is the <see cref="StableHash"/>, or null.</summary>
    public string? KeyOf { get; init; }

    /// <summary>The value stands in the partition folder's name and not inside the file.</summary>
    public bool Partition { get; init; }
}
