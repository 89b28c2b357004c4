using System.Runtime.CompilerServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Keys;

/// <summary>Prefixes of keys that no filter on disk holds yet: an open-addressing table, 8 bytes a slot, at most half
/// full. Not thread-safe.</summary>
internal sealed unsafe class RecentKeys : IDisposable
{
    private const int FewestSlots = 1 << 12;
    private static readonly ulong Factor = (ulong)Random.Shared.NextInt64() | 1;
    private NativeBuffer _slots = NewSlots(FewestSlots);
    private ulong _mask = FewestSlots - 1;

    /// <summary>Different prefixes.</summary>
    public int Count { get; private set; }

    public long UsedBytes => _slots.Length;

    public void Add(ulong prefix)
    {
        if ((ulong)Count * 2 > _mask)
            Grow();
        Count += Put((ulong*)_slots.Pointer, _mask, prefix);
    }

    /// <summary>Adds all prefixes of some sets, or none; returns how many there are.</summary>
    /// <exception cref="KeyFileException">A set is damaged.</exception>
    public long AddAll(IReadOnlyList<KeySet> sets)
    {
        var cursors = sets.Select(set => set.Cursor()).ToList();
        for (var i = 0; i < cursors.Count; i++)
        for (var cursor = cursors[i]; cursor.MoveNext(); )
            Add(cursor.Prefix);
        return sets.Sum(set => set.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(ulong prefix)
    {
        var slots = (ulong*)_slots.Pointer;
        for (var at = SlotOf(prefix) & _mask; ; at = (at + 1) & _mask)
        {
            if (slots[at] == prefix + 1)
                return true;
            if (slots[at] == 0)
                return false;
        }
    }

    /// <summary>Takes all prefixes out; the room stays.</summary>
    public void Clear()
    {
        _slots.Clear(((long)_mask + 1) * sizeof(ulong));
        Count = 0;
    }

    public void Dispose() => _slots.Dispose();

    // Whoever chooses ids can choose bits of their hashes, but not this number; 0 is a free slot.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SlotOf(ulong prefix) => (prefix * Factor) >> (64 - KeyPrefix.Bits);

    private static int Put(ulong* slots, ulong mask, ulong prefix)
    {
        for (var at = SlotOf(prefix) & mask; ; at = (at + 1) & mask)
        {
            if (slots[at] == prefix + 1)
                return 0;
            if (slots[at] != 0)
                continue;
            slots[at] = prefix + 1;
            return 1;
        }
    }

    private static NativeBuffer NewSlots(long slots)
    {
        var buffer = NativePool.Rent(slots * sizeof(ulong));
        buffer.Clear(slots * sizeof(ulong));
        return buffer;
    }

    private void Grow()
    {
        var count = ((long)_mask + 1) * 2;
        var grown = NewSlots(count);
        var from = (ulong*)_slots.Pointer;
        for (ulong i = 0; i <= _mask; i++)
            if (from[i] != 0)
                Put((ulong*)grown.Pointer, (ulong)count - 1, from[i] - 1);
        _slots.Dispose();
        _slots = grown;
        _mask = (ulong)count - 1;
    }
}
