using AdvertiseX.Engines;

namespace AdvertiseX.Lake.Delta;

/// <summary>One column of a Delta table.</summary>
internal sealed record DeltaColumn(string Name, DeltaType Type, bool Nullable = true)
{
    /// <summary>The type as engines take it.</summary>
    public SqlType SqlType =>
        Type switch
        {
            DeltaType.String => SqlType.Text,
            DeltaType.Long => SqlType.Int64,
            DeltaType.Integer => SqlType.Int32,
            DeltaType.Boolean => SqlType.Boolean,
            DeltaType.Double => SqlType.Double,
            DeltaType.Date => SqlType.Date,
            DeltaType.Timestamp => SqlType.Timestamp,
            DeltaType.Binary => SqlType.Binary,
            _ => throw new ArgumentOutOfRangeException(nameof(Type), Type, "No type of SQL is known for it."),
        };
}
