namespace AdvertiseX.Events;

/// <summary>Why a record was rejected: a closed set. The code stored in the lake is the name in snake case.</summary>
public enum RejectReason
{
    /// <summary>The bytes are no record of the format.</summary>
    Unparseable,

    /// <summary>A field that the contract requires is absent or null.</summary>
    MissingRequiredField,

    /// <summary>A value cannot be read as its column's type.</summary>
    BadType,

    /// <summary>A time that cannot be read, or does not exist in its zone.</summary>
    BadTime,

    /// <summary>The event lies further in the future than the allowed skew.</summary>
    FromTheFuture,

    /// <summary>The value's type is right and its size is not: a negative cost, a year 1066.</summary>
    OutOfRange,

    /// <summary>In clicks and conversions: the value that tells the kind says neither.</summary>
    UnknownKind,

    /// <summary>The record is longer than the limit.</summary>
    TooLarge,

    /// <summary>A compressed block that cannot be read; counts as one record.</summary>
    DamagedBlock,

    /// <summary>The same event id came before with another payload.</summary>
    ConflictingDuplicate,
}
