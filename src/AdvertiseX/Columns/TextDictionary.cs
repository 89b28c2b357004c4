using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AdvertiseX.Columns;

/// <summary>
/// The different values of a dictionary column. Code 0 is null; entries have the codes 1 to <see cref="Count"/>. Past
/// <see cref="PlainLimit"/> entries no value is looked up any more: each becomes an entry of its own
/// (<see cref="IsPlain"/>), so that a column of unexpectedly many values costs no more than a text column. Not
/// thread-safe.
/// </summary>
internal sealed unsafe class TextDictionary : IDisposable
{
    /// <summary>Entries after which the dictionary stops looking values up.</summary>
    public const int PlainLimit = 1 << 16;

    private const int FirstSlots = 64;
    private readonly ByteArena _arena = new();
    private NativeBuffer? _entryBuffer;
    private NativeBuffer? _slotBuffer;
    private Entry* _entries;
    private int* _slots;
    private int _entryCapacity;
    private uint _slotMask;

    public int Count { get; private set; }

    /// <summary>Whether equal values may have different codes.</summary>
    public bool IsPlain { get; private set; }

    /// <summary>Bytes of all entries.</summary>
    public long TextBytes => _arena.Length;

    /// <summary>The text of a code from 1 to <see cref="Count"/>; valid until the next entry is added.</summary>
    public ReadOnlySpan<byte> this[int code] => new(_arena.Bytes + _entries[code].Start, _entries[code].Length);

    /// <summary>The stable hash of a code's text.</summary>
    public ulong HashOf(int code) => _entries[code].Hash;

    public byte* Pointer(int code) => _arena.Bytes + _entries[code].Start;

    public int Length(int code) => _entries[code].Length;

    /// <summary>The code of a text, added if it is new. <paramref name="hash"/> is its <see cref="StableHash"/> with
    /// seed 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int CodeOf(byte* text, int length, ulong hash)
    {
        if (_slots != null && !IsPlain)
        {
            var slot = (uint)hash & _slotMask;
            while (true)
            {
                var code = _slots[slot];
                if (code == 0)
                    break;
                var e = _entries + code;
                if (e->Hash == hash && e->Length == length && SameBytes(_arena.Bytes + e->Start, text, length))
                    return code;
                slot = (slot + 1) & _slotMask;
            }
        }

        return Add(text, length, hash);
    }

    public void Dispose()
    {
        _arena.Dispose();
        _entryBuffer?.Dispose();
        _slotBuffer?.Dispose();
        _entryBuffer = _slotBuffer = null;
        _entries = null;
        _slots = null;
        _entryCapacity = 0;
        Count = 0;
        IsPlain = false;
    }

    // Texts of events are short: two loads that may overlap cover them, and cost less than a call. Reads only the given
    // bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool SameBytes(byte* a, byte* b, int length)
    {
        if (length > 32)
            return SameLong(a, b, length);
        byte* aLast = a + length,
            bLast = b + length;
        if (length >= 16)
        {
            var different =
                (Vector128.Load(a) ^ Vector128.Load(b)) | (Vector128.Load(aLast - 16) ^ Vector128.Load(bLast - 16));
            return different == Vector128<byte>.Zero;
        }

        if (length >= 8)
            return ((Eight(a) ^ Eight(b)) | (Eight(aLast - 8) ^ Eight(bLast - 8))) == 0;
        if (length >= 4)
            return ((Four(a) ^ Four(b)) | (Four(aLast - 4) ^ Four(bLast - 4))) == 0;
        return length <= 0 || (*a == *b && a[length >> 1] == b[length >> 1] && aLast[-1] == bLast[-1]);
    }

    private static ulong Eight(byte* p) => Unsafe.ReadUnaligned<ulong>(p);

    private static uint Four(byte* p) => Unsafe.ReadUnaligned<uint>(p);

    private static bool SameLong(byte* a, byte* b, int length) =>
        new ReadOnlySpan<byte>(a, length).SequenceEqual(new ReadOnlySpan<byte>(b, length));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Add(byte* text, int length, ulong hash)
    {
        if (Count + 2 > _entryCapacity)
            GrowEntries();
        var code = ++Count;
        _entries[code] = new Entry
        {
            Hash = hash,
            Start = _arena.Append(text, length),
            Length = length,
        };
        if (IsPlain)
            return code;
        if (Count > PlainLimit)
        {
            IsPlain = true;
            return code;
        }

        if (_slots == null || (uint)Count * 2 > _slotMask)
            GrowSlots();
        else
            Insert(code, hash);
        return code;
    }

    private void GrowEntries()
    {
        var capacity = Math.Max(FirstSlots, _entryCapacity * 2);
        var grown = NativePool.Rent((long)capacity * sizeof(Entry));
        if (_entryBuffer != null)
            NativeMemory.Copy(_entries, grown.Pointer, (nuint)((long)(Count + 1) * sizeof(Entry)));
        _entryBuffer?.Dispose();
        _entryBuffer = grown;
        _entries = (Entry*)grown.Pointer;
        _entryCapacity = capacity;
    }

    private void GrowSlots()
    {
        var slots = _slots == null ? FirstSlots : checked((int)(_slotMask + 1) * 4);
        _slotBuffer?.Dispose();
        _slotBuffer = NativePool.Rent((long)slots * sizeof(int));
        _slotBuffer.Clear((long)slots * sizeof(int));
        _slots = (int*)_slotBuffer.Pointer;
        _slotMask = (uint)slots - 1;
        for (var code = 1; code <= Count; code++)
            Insert(code, _entries[code].Hash);
    }

    private void Insert(int code, ulong hash)
    {
        var slot = (uint)hash & _slotMask;
        while (_slots[slot] != 0)
            slot = (slot + 1) & _slotMask;
        _slots[slot] = code;
    }

    private struct Entry
    {
        public ulong Hash;
        public uint Start;
        public int Length;
    }
}
