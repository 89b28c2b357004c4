namespace AdvertiseX.Records;

/// <summary>What a <see cref="Slot"/> holds: a value as its format gave it, not yet converted to a column's
/// type.</summary>
internal enum SlotKind : byte
{
    /// <summary>The record does not name the field.</summary>
    Absent = 0,

    Null,
    False,
    True,

    /// <summary><see cref="Slot.Integer"/>.</summary>
    Integer,

    /// <summary><see cref="Slot.Real"/>.</summary>
    Real,

    /// <summary>Microseconds since 1970 in UTC, in <see cref="Slot.Integer"/>.</summary>
    TimestampMicros,

    /// <summary>Unquoted number as text (JSON): pointer and length. Valid JSON number syntax.</summary>
    Number,

    /// <summary>UTF-8 text, unescaped and valid: pointer and length.</summary>
    Text,

    /// <summary>An object or array as valid JSON text: pointer and length.</summary>
    Json,
}
