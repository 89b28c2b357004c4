using System.Runtime.CompilerServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Keys;

/// <summary>Gathers keys with their rows, or bare prefixes, to be sorted. Owns pooled memory until then. Not
/// thread-safe.</summary>
/// <param name="most">Entries that fit.</param>
internal sealed unsafe class KeyEntries(long most) : IDisposable
{
    private readonly NativeBuffer _buffer = NativePool.Rent(Math.Max(1, most * sizeof(ulong)));
    private bool _handedOver;
    private int _count;

    /// <summary>Adds a key; <paramref name="row"/> is below <see cref="SortedKeys.MaxRows"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long key, int row) => ((ulong*)_buffer.Pointer)[_count++] = SortedKeys.EntryOf(key, row);

    /// <summary>Adds an entry (<see cref="SortedKeys.EntryOf"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong entry) => ((ulong*)_buffer.Pointer)[_count++] = entry;

    /// <summary>Adds all prefixes of some sets, or none; returns how many.</summary>
    /// <exception cref="KeyFileException">A set is damaged, or they have more entries than fit.</exception>
    public long AddAll(IReadOnlyList<KeySet> sets)
    {
        var count = sets.Sum(set => set.Count);
        if (_count + count > most)
            throw new KeyFileException("the keys are more than their file has rows");
        var union = new KeyUnion(sets);
        while (union.MoveNext())
            ((ulong*)_buffer.Pointer)[_count++] = union.Prefix << (64 - KeyPrefix.Bits);
        return count;
    }

    /// <summary>What was added, in order; nothing may be added afterwards.</summary>
    public SortedKeys Sort()
    {
        _handedOver = true;
        return SortedKeys.Sort(_buffer, _count);
    }

    /// <summary>The same of entries that were added in order.</summary>
    public SortedKeys AreSorted()
    {
        _handedOver = true;
        return SortedKeys.InOrder(_buffer, _count);
    }

    public void Dispose()
    {
        if (!_handedOver)
            _buffer.Dispose();
    }
}
