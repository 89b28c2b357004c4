using System.Numerics;
using System.Runtime.CompilerServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Deduplication;

/// <summary>
/// The event keys of one batch, by value: rows of the same key form a chain in row order. In front stands a Bloom
/// filter, two bits of one word for each key, as most keys streamed past are not there. Memory follows the batch: about
/// 12 bytes a row. Not thread-safe.
/// </summary>
internal sealed unsafe class KeyTable : IDisposable
{
    private readonly NativeBuffer _headBuffer;
    private readonly NativeBuffer _nextBuffer;
    private readonly NativeBuffer _bitBuffer;
    private readonly int* _heads;
    private readonly int* _next;
    private readonly ulong* _bits;
    private readonly long* _keys;
    private readonly ulong _headMask;
    private readonly ulong _wordMask;

    /// <param name="keys">The keys by row; must stay where they are while the table is in use.</param>
    public KeyTable(long* keys, int rows)
    {
        _keys = keys;
        var heads = BitOperations.RoundUpToPowerOf2((ulong)Math.Max(rows, 8) * 2);
        var bits = heads * 8;
        _headMask = heads - 1;
        _wordMask = (bits / 64) - 1;
        _headBuffer = NativePool.Rent((long)heads * sizeof(int));
        _headBuffer.Clear((long)heads * sizeof(int));
        _nextBuffer = NativePool.Rent((long)(rows + 1) * sizeof(int));
        _bitBuffer = NativePool.Rent((long)bits / 8);
        _bitBuffer.Clear((long)bits / 8);
        _heads = (int*)_headBuffer.Pointer;
        _next = (int*)_nextBuffer.Pointer;
        _bits = (ulong*)_bitBuffer.Pointer;
        for (var row = rows - 1; row >= 0; row--)
            Insert(row);
    }

    /// <summary>First row of a key, or −1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int First(long key)
    {
        var bits = BitsOf((ulong)key);
        return (_bits[((ulong)key >> 32) & _wordMask] & bits) != bits ? -1 : Search(key);
    }

    /// <summary>The next row of the same key, or −1.</summary>
    public int Next(int row)
    {
        var key = _keys[row];
        for (var at = _next[row]; at != 0; at = _next[at - 1])
            if (_keys[at - 1] == key)
                return at - 1;
        return -1;
    }

    public void Dispose()
    {
        _headBuffer.Dispose();
        _nextBuffer.Dispose();
        _bitBuffer.Dispose();
    }

    // The table's heads take the key's lowest bits, the filter's words those from 32 on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong BitsOf(ulong key) => 1UL << (int)(key >> 20) | 1UL << (int)(key >> 26);

    private int Search(long key)
    {
        for (var at = _heads[(ulong)key & _headMask]; at != 0; at = _next[at - 1])
            if (_keys[at - 1] == key)
                return at - 1;
        return -1;
    }

    // Rows are inserted last first, each in front, so that chains run in row order. Links are row + 1; 0 ends.
    private void Insert(int row)
    {
        var key = (ulong)_keys[row];
        _bits[(key >> 32) & _wordMask] |= BitsOf(key);
        var head = key & _headMask;
        _next[row] = _heads[head];
        _heads[head] = row + 1;
    }
}
