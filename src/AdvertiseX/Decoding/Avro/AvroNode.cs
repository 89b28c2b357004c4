namespace AdvertiseX.Decoding.Avro;

/// <summary>
/// One type of a decode plan: how the writer's bytes are walked, and what the reader sees in them. The plan of a
/// recursive schema is a cycle. Immutable once resolved; thread-safe.
/// </summary>
internal sealed class AvroNode(AvroType wire, AvroSchema writer, AvroSchema reader)
{
    /// <summary>What stands in the bytes. A union's branch number stands before its value.</summary>
    public readonly AvroType Wire = wire;

    public readonly AvroSchema Writer = writer;

    /// <summary>Type and meaning that the value is delivered as; never a union.</summary>
    public readonly AvroSchema Reader = reader;

    /// <summary>The logical type to read by: the writer's where both name a unit of time, since the bytes are in the
    /// writer's.</summary>
    public AvroLogicalType Logical;

    /// <summary>Why such a value cannot be given to the reader; it is then walked over as the writer wrote
    /// it.</summary>
    public string? Mismatch;

    /// <summary>Items of an array, values of a map.</summary>
    public AvroNode? Item;

    /// <summary>Branches of a writer's union.</summary>
    public AvroNode[] Branches = [];

    /// <summary>Fields of a record in the writer's order.</summary>
    public AvroNodeField[] Fields = [];

    /// <summary>Fields of the reader's record that the writer does not have.</summary>
    public AvroNodeDefault[] Defaults = [];

    /// <summary>For each symbol of the writer's enum the reader's symbol, quoted as JSON and pinned; null where the
    /// reader has neither it nor a default. The text without quotes is inside.</summary>
    public byte[]?[] Symbols = [];

    /// <summary>Bytes that every value takes, or -1 if they differ.</summary>
    public int FixedBytes = -1;

    /// <summary>Fewest bytes of a value.</summary>
    public int MinBytes;
}
