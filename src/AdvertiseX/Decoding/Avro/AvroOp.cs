using AdvertiseX.Records;

namespace AdvertiseX.Decoding.Avro;

/// <summary>One op of an <see cref="AvroProgram"/>.</summary>
internal struct AvroOp
{
    public AvroOpCode Code;

    /// <summary>The value is one branch of a union with null: its number stands before it.</summary>
    public bool Optional;

    /// <summary>The byte of the branch number (zig-zag) of the value, and of null.</summary>
    public byte Present;
    public byte Absent;

    /// <summary>Rank of the spelling, for the slot.</summary>
    public byte Rank;

    /// <summary>The slot that takes the value; -1: it goes among the unmapped.</summary>
    public int Slot;

    /// <summary>The op after the whole value.</summary>
    public int Next;

    /// <summary>Bytes of a fixed value.</summary>
    public int Size;

    /// <summary>First op of each branch.</summary>
    public int[]? Branches;

    /// <summary>The plain walk's step for the value without its union with null.</summary>
    public AvroSlotStep Step;
}
