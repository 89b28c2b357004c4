using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AdvertiseX.Records;

/// <summary>
/// One field of the record at hand: 16 bytes, no object. Pointers reach into the block or into the decoder's scratch
/// and are valid until the record is finished.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct Slot
{
    [FieldOffset(0)]
    public SlotKind Kind;

    /// <summary>Rank of the alias that set the slot, 0 = first choice: a later alias of lower rank does not replace
    /// it.</summary>
    [FieldOffset(1)]
    public byte Rank;

    [FieldOffset(4)]
    public int Length;

    [FieldOffset(8)]
    public byte* Pointer;

    [FieldOffset(8)]
    public long Integer;

    [FieldOffset(8)]
    public double Real;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetText(SlotKind kind, byte rank, byte* pointer, int length)
    {
        Kind = kind;
        Rank = rank;
        Length = length;
        Pointer = pointer;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetInteger(SlotKind kind, byte rank, long value)
    {
        Kind = kind;
        Rank = rank;
        Integer = value;
    }

    public void SetReal(byte rank, double value)
    {
        Kind = SlotKind.Real;
        Rank = rank;
        Real = value;
    }

    public readonly ReadOnlySpan<byte> Span => new(Pointer, Length);
}
