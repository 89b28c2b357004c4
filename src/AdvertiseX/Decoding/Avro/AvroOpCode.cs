namespace AdvertiseX.Decoding.Avro;

/// <summary>What an op of an <see cref="AvroProgram"/> does with the value at hand.</summary>
internal enum AvroOpCode : byte
{
    /// <summary>By the step of the plain walk: everything unusual.</summary>
    Plain,

    /// <summary>A record whose fields are the ops that follow.</summary>
    Enter,

    /// <summary>Goes on at the op's <see cref="AvroOp.Next"/>: the end of a branch.</summary>
    Jump,

    /// <summary>A branch number, then the ops of that branch.</summary>
    Branch,

    SkipBytes,
    SkipVarint,
    SkipFixed,
    Null,
    Boolean,
    Integer,
    Timestamp,
    Float,
    Double,
    Symbol,
    Text,
    Decimal,
    Json,
}
