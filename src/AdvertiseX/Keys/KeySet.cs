using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace AdvertiseX.Keys;

/// <summary>An entry of a set that has a prefix looked for.</summary>
/// <param name="Index">Which of the prefixes.</param>
/// <param name="Rank">Its first entry.</param>
/// <param name="Count">How many entries have the prefix.</param>
internal readonly record struct KeyMatch(int Index, long Rank, int Count);

/// <summary>
/// A sorted set of key prefixes in a key file (<see cref="KeySetShape"/>), several entries of one prefix allowed, each
/// with a row number where the set has rows. Look-ups read the pages that they need. For one thread at a time.
/// </summary>
internal sealed unsafe class KeySet
{
    /// <summary>Entries of one set at most, so that false hits stay as rare as <see cref="KeyPrefix"/> says.</summary>
    public const long MaxCount = 1L << 26;

    // A scan costs some nanoseconds an entry, a look-up some tens and its pages.
    private const int LookupsWorthAScan = 8;
    private const int LookupsAtOnce = 16;

    private readonly KeyBytes _bytes;
    private readonly KeySetShape _shape;
    private readonly long _at;
    private readonly long _firstRow;

    /// <param name="bytes">The file.</param>
    /// <param name="at">Where the section begins; the section must lie within the file.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="firstRow">What is added to its row numbers.</param>
    public KeySet(KeyBytes bytes, long at, KeySetShape shape, long firstRow)
    {
        if (!shape.IsPossible || at < 0 || at > bytes.Length || shape.Bytes > bytes.Length - at)
            throw new KeyFileException("a section lies outside of the file");
        _bytes = bytes;
        _at = at;
        _shape = shape;
        _firstRow = firstRow;
    }

    /// <summary>Entries.</summary>
    public long Count => _shape.Count;

    /// <summary>Whether look-ups of so many prefixes read about the whole set.</summary>
    public bool IsScannedFor(long prefixes) => prefixes >= Count / LookupsWorthAScan;

    /// <summary>Finds which of some prefixes are there.</summary>
    /// <param name="entries">Sorted entries (<see cref="SortedKeys.Entries"/>), whose prefixes are looked for.</param>
    /// <param name="matches">Those that are there, in the same order, are added here.</param>
    /// <exception cref="KeyFileException">The file is damaged.</exception>
    public void Match(ReadOnlySpan<ulong> entries, List<KeyMatch> matches)
    {
        if (Count == 0 || entries.IsEmpty)
            return;
        if (IsScannedFor(entries.Length))
            Scan(entries, matches);
        else
            LookUp(entries, matches);
    }

    /// <summary>The row of an entry.</summary>
    public long RowAt(long rank)
    {
        var bit = rank * _shape.RowBits;
        var at = _at + _shape.RowsAt + (bit >> 3);
        _bytes.Need(at, sizeof(ulong));
        return _firstRow + (long)(Word(at) >> (int)(bit & 7) & ((1UL << _shape.RowBits) - 1));
    }

    /// <summary>All prefixes, ascending. Reads the whole set.</summary>
    public KeyCursor Cursor()
    {
        _bytes.Need(_at, _shape.RowsAt);
        return new(_bytes.Pointer + _at, _shape);
    }

    /// <summary>First entry of a prefix and how many there are; 0 for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong prefix, out long rank)
    {
        var bucket = (long)(prefix >> _shape.LowBits);
        var block = bucket >> 6;
        var ranks = _at + (block * sizeof(uint));
        _bytes.Need(ranks, 2 * sizeof(uint));
        rank = *(uint*)(_bytes.Pointer + ranks);
        long end = *(uint*)(_bytes.Pointer + ranks + sizeof(uint));
        return rank >= end ? 0 : FindInBlock(prefix, block, (int)(bucket & 63), end, ref rank);
    }

    private int FindInBlock(ulong prefix, long block, int zeros, long end, ref long rank)
    {
        if (end > Count)
            throw new KeyFileException("a rank lies outside of the set");
        var bit = (block << 6) + rank;
        var highs = _at + _shape.HighsAt;
        _bytes.Need(highs + (bit >> 3), ((64 + end - rank + 7) >> 3) + sizeof(ulong));
        var stop = bit + 64 + end - rank;
        // Past the zeros of the buckets before, counting the ones.
        while (zeros > 0)
        {
            var word = ~Bits(highs, bit, out var width);
            var here = BitOperations.PopCount(word);
            if (here < zeros)
            {
                zeros -= here;
                rank += width - here;
                bit += width;
                if (bit >= stop)
                    throw new KeyFileException("a block has too few buckets");
                continue;
            }

            var before = zeros - 1;
            var skipped = PlaceOf(word, before);
            rank += skipped - before;
            bit += skipped + 1;
            zeros = 0;
        }

        var entries = RunFrom(highs, bit, stop);
        return rank + entries > Count
            ? throw new KeyFileException("a bucket is too large")
            : AmongLows(prefix, entries, ref rank);
    }

    // The place of a one with so many before it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PlaceOf(ulong word, int before)
    {
        if (Bmi2.X64.IsSupported)
            return BitOperations.TrailingZeroCount(Bmi2.X64.ParallelBitDeposit(1UL << before, word));
        for (; before > 0; before--)
            word &= word - 1;
        return BitOperations.TrailingZeroCount(word);
    }

    // Ones from a bit on.
    private long RunFrom(long highs, long bit, long stop)
    {
        long run = 0;
        while (bit + run < stop)
        {
            var word = ~Bits(highs, bit + run, out var width);
            if (word != 0)
                return run + BitOperations.TrailingZeroCount(word);
            run += width;
        }

        return run;
    }

    // The lower bits of a bucket's entries ascend; a bucket is long only where one key has many rows.
    private int AmongLows(ulong prefix, long entries, ref long rank)
    {
        if (entries == 0)
            return 0;
        var wanted = prefix & ((1UL << _shape.LowBits) - 1);
        var lows = _at + _shape.LowsAt;
        var firstBit = rank * _shape.LowBits;
        _bytes.Need(lows + (firstBit >> 3), (((entries * _shape.LowBits) + 7) >> 3) + sizeof(ulong));
        long low = 0,
            high = entries;
        while (high - low > 4)
        {
            var middle = (low + high) >> 1;
            if (LowAt(lows, rank + middle) < wanted)
                low = middle + 1;
            else
                high = middle + 1;
        }

        while (low < entries && LowAt(lows, rank + low) < wanted)
            low++;
        rank += low;
        var count = 0;
        for (; low + count < entries && LowAt(lows, rank + count) == wanted; count++) { }
        return count;
    }

    private void Scan(ReadOnlySpan<ulong> entries, List<KeyMatch> matches)
    {
        var cursor = Cursor();
        var there = cursor.MoveNext();
        for (var i = 0; i < entries.Length && there; i++)
        {
            var prefix = SortedKeys.PrefixOf(entries[i]);
            while (there && cursor.Prefix < prefix)
                there = cursor.MoveNext();
            if (!there || cursor.Prefix != prefix)
                continue;
            var rank = cursor.Rank;
            var count = 0;
            for (; there && cursor.Prefix == prefix; there = cursor.MoveNext())
                count++;
            matches.Add(new(i, rank, count));
            for (; i + 1 < entries.Length && SortedKeys.PrefixOf(entries[i + 1]) == prefix; i++)
                matches.Add(new(i + 1, rank, count));
        }
    }

    private void LookUp(ReadOnlySpan<ulong> entries, List<KeyMatch> matches)
    {
        for (var from = 0; from < entries.Length; from += LookupsAtOnce)
        {
            var together = entries.Slice(from, Math.Min(LookupsAtOnce, entries.Length - from));
            if (_bytes.IsWhole)
                Prefetch(together);
            for (var i = 0; i < together.Length; i++)
                if (Find(SortedKeys.PrefixOf(together[i]), out var rank) is > 0 and var count)
                    matches.Add(new(from + i, rank, count));
        }
    }

    // A look-up waits for memory three times; those of several prefixes wait together.
    private void Prefetch(ReadOnlySpan<ulong> entries)
    {
        if (!Sse.IsSupported)
            return;
        var start = _bytes.Pointer + _at;
        foreach (var entry in entries)
            Sse.Prefetch0(start + (BlockOf(entry) * sizeof(uint)));
        foreach (var entry in entries)
        {
            var block = BlockOf(entry);
            var rank = *(uint*)(start + (block * sizeof(uint)));
            Sse.Prefetch0(start + _shape.HighsAt + (((block << 6) + rank) >> 3));
            // The entries of a block lie around its middle, about.
            Sse.Prefetch0(start + _shape.LowsAt + ((rank * (long)_shape.LowBits) >> 3));
            Sse.Prefetch0(start + _shape.LowsAt + (((rank * (long)_shape.LowBits) >> 3) + 64));
        }
    }

    private long BlockOf(ulong entry) => (long)(SortedKeys.PrefixOf(entry) >> _shape.LowBits) >> 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong LowAt(long lows, long rank)
    {
        var bit = rank * _shape.LowBits;
        return Word(lows + (bit >> 3)) >> (int)(bit & 7) & ((1UL << _shape.LowBits) - 1);
    }

    // Bits from one on; those past the word that was read are ones, so that they are no end of a bucket.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Bits(long highs, long bit, out int width)
    {
        var shift = (int)(bit & 7);
        width = 64 - shift;
        return (Word(highs + (bit >> 3)) >> shift) | (shift == 0 ? 0 : ulong.MaxValue << width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Word(long at) => *(ulong*)(_bytes.Pointer + at);
}
