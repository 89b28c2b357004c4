using System.Runtime.CompilerServices;

namespace AdvertiseX.Keys;

/// <summary>Writes one set of prefixes (<see cref="KeySetShape"/>) into zeroed memory, entry by entry. Not
/// thread-safe.</summary>
internal unsafe ref struct KeySetWriter
{
    private readonly KeySetShape _shape;
    private readonly uint* _ranks;
    private readonly byte* _highs;
    private readonly byte* _lows;
    private readonly byte* _rows;
    private long _rank;
    private long _ranked;

    /// <param name="memory">Zeroed memory for the section.</param>
    public KeySetWriter(byte* memory, KeySetShape shape)
    {
        _shape = shape;
        _ranks = (uint*)memory;
        _highs = memory + shape.HighsAt;
        _lows = memory + shape.LowsAt;
        _rows = memory + shape.RowsAt;
    }

    /// <summary>Adds an entry; prefixes ascend.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong prefix, int row)
    {
        var bucket = (long)(prefix >> _shape.LowBits);
        for (; _ranked <= bucket >> 6; _ranked++)
            _ranks[_ranked] = (uint)_rank;
        var one = bucket + _rank;
        _highs[one >> 3] |= (byte)(1 << (int)(one & 7));
        Put(_lows, _rank, _shape.LowBits, prefix & ((1UL << _shape.LowBits) - 1));
        if (_shape.RowBits > 0)
            Put(_rows, _rank, _shape.RowBits, (uint)row);
        _rank++;
    }

    /// <summary>Ends the set, which must have as many entries as its shape says.</summary>
    public void End()
    {
        if (_rank != _shape.Count)
            throw new InvalidOperationException($"{_rank} keys were written where {_shape.Count} were announced");
        for (; _ranked <= _shape.Blocks; _ranked++)
            _ranks[_ranked] = (uint)_rank;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(byte* array, long index, int bits, ulong value)
    {
        var at = index * bits;
        var word = (ulong*)(array + (at >> 3));
        *word |= value << (int)(at & 7);
    }
}
