namespace AdvertiseX.Lake.Delta;

/// <summary>One column of a Delta table.</summary>
public sealed record DeltaColumn(string Name, DeltaType Type, bool Nullable = true)
{
    /// <summary>DuckDB's name of the type.</summary>
    public string SqlType => Type switch
    {
        DeltaType.String => "VARCHAR",
        DeltaType.Long => "BIGINT",
        DeltaType.Integer => "INTEGER",
        DeltaType.Boolean => "BOOLEAN",
        DeltaType.Double => "DOUBLE",
        DeltaType.Date => "DATE",
        DeltaType.Timestamp => "TIMESTAMPTZ",
        _ => "BLOB",
    };
}
