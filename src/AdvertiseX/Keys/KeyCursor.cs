using System.Numerics;

namespace AdvertiseX.Keys;

/// <summary>Goes through the entries of a <see cref="KeySet"/> in order. Valid while the set's file is open.</summary>
internal unsafe struct KeyCursor
{
    private readonly byte* _highs;
    private readonly byte* _lows;
    private readonly long _count;
    private readonly int _lowBits;
    private readonly ulong _lowMask;
    private ulong _word;
    private long _wordAt;

    internal KeyCursor(byte* section, KeySetShape shape)
    {
        _highs = section + shape.HighsAt;
        _lows = section + shape.LowsAt;
        _count = shape.Count;
        _lowBits = shape.LowBits;
        _lowMask = (1UL << shape.LowBits) - 1;
        _words = shape.HighsBytes / sizeof(ulong);
        _word = *(ulong*)_highs;
        Rank = -1;
    }

    private readonly long _words;

    /// <summary>Number of the entry.</summary>
    public long Rank { get; private set; }

    public ulong Prefix { get; private set; }

    /// <exception cref="KeyFileException">The set has fewer entries than it says.</exception>
    public bool MoveNext()
    {
        if (Rank + 1 >= _count)
            return false;
        while (_word == 0)
        {
            if (++_wordAt >= _words)
                throw new KeyFileException("a set has fewer entries than it says");
            _word = *(ulong*)(_highs + (_wordAt * sizeof(ulong)));
        }

        Rank++;
        var one = (_wordAt << 6) + BitOperations.TrailingZeroCount(_word);
        _word &= _word - 1;
        var bit = Rank * _lowBits;
        var low = *(ulong*)(_lows + (bit >> 3)) >> (int)(bit & 7) & _lowMask;
        Prefix = ((ulong)(one - Rank) << _lowBits) | low;
        return true;
    }
}
