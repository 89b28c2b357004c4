using System.Runtime.CompilerServices;

namespace AdvertiseX.Decoding.Avro;

/// <summary>
/// Walks Avro's binary encoding (specification 1.12, "Binary Encoding"). Invariant: At ≤ End always; nothing at or past
/// End is read. After a fault every read gives zero and moves nothing, so callers look once per record, and loops look
/// each round.
/// </summary>
internal unsafe struct AvroCursor(byte* start, byte* end, long work)
{
    public const int MaxDepth = 64;

    public byte* At = start;
    public readonly byte* End = end;

    /// <summary>What may still be spent on values and rendered bytes: the guard against few bytes that stand for
    /// much.</summary>
    public long Work = work;

    /// <summary>Set once: the structure is broken, nothing that follows can be read.</summary>
    public AvroFault Fault;

    /// <summary>Set for the record at hand alone; its caller clears it.</summary>
    public AvroFault RecordFault;

    /// <summary>Why, if the fault is a mismatch.</summary>
    public string? Mismatch;

    public readonly long Left => End - At;

    /// <summary>A zig-zag varint of up to ten bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Long()
    {
        if (At < End && *At < 0x80)
        {
            long one = *At++;
            return (one >> 1) ^ -(one & 1);
        }

        return LongSlowly();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Take(long bytes)
    {
        if ((ulong)bytes <= (ulong)Left)
        {
            var taken = At;
            At += bytes;
            return taken;
        }

        Fail(bytes < 0 ? AvroFault.BadNumber : AvroFault.Truncated);
        return null;
    }

    /// <summary>A length and its bytes; an empty span at the end of the cursor after a fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Bytes(out int length)
    {
        var wanted = Long();
        var taken = Take(wanted);
        length = taken is null ? 0 : (int)wanted;
        return taken;
    }

    public bool Boolean()
    {
        var taken = Take(1);
        if (taken is null)
            return false;
        if (*taken > 1)
            Fail(AvroFault.BadNumber);
        return *taken == 1;
    }

    public float Float()
    {
        var taken = Take(4);
        return taken is null ? 0 : Unsafe.ReadUnaligned<float>(taken);
    }

    public double Double()
    {
        var taken = Take(8);
        return taken is null ? 0 : Unsafe.ReadUnaligned<double>(taken);
    }

    /// <summary>A union's branch or an enum's symbol; 0 after a fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Index(int count)
    {
        var index = Long();
        if ((ulong)index < (ulong)count)
            return (int)index;
        Fail(AvroFault.BadBranch);
        return 0;
    }

    /// <summary>How many items follow in this block of an array or map, 0 at its end or after a fault.</summary>
    /// <param name="minItemBytes">Fewest bytes of an item, to refuse a count that cannot be.</param>
    /// <param name="blockBytes">The block's length where it stands (a negative count announces it), else -1.</param>
    public long Count(int minItemBytes, out long blockBytes)
    {
        blockBytes = -1;
        var count = Long();
        if (count < 0)
        {
            count = -count;
            blockBytes = Long();
            if (blockBytes < 0 || count < 0)
                Fail(AvroFault.BadNumber);
            else if (blockBytes > Left)
                Fail(AvroFault.Truncated);
        }

        if (minItemBytes > 0 && count > Left / minItemBytes)
            Fail(AvroFault.Truncated);
        return Fault == AvroFault.None ? count : 0;
    }

    /// <summary>Takes from the work left. False, with a fault, when it is used up.</summary>
    public bool Spend(long work)
    {
        Work -= work;
        if (Work < 0)
            Fail(AvroFault.TooLarge);
        return Work >= 0;
    }

    public void Fail(AvroFault fault)
    {
        if (Fault == AvroFault.None)
            Fault = fault;
        At = End;
    }

    /// <summary>Loses the record at hand; the first reason stays.</summary>
    public void FailRecord(AvroFault fault, string? mismatch = null)
    {
        if (RecordFault != AvroFault.None)
            return;
        RecordFault = fault;
        Mismatch = mismatch;
    }

    private long LongSlowly()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (At == End)
            {
                Fail(AvroFault.Truncated);
                return 0;
            }

            var b = *At++;
            // The tenth byte holds one bit; more would be lost in silence.
            if (shift == 63 && b > 1)
                break;
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return (long)(value >> 1) ^ -(long)(value & 1);
        }

        Fail(AvroFault.BadNumber);
        return 0;
    }
}
