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
    private const int LookupsAtOnce = 64;

    private readonly KeyBytes _bytes;
    private readonly KeySetShape _shape;
    private readonly long _at;
    private readonly long _firstRow;

    // Of the shape, which works them out: look-ups ask for them all the time.
    private readonly long _highs;
    private readonly long _lows;
    private readonly int _lowBits;
    private readonly ulong _lowMask;

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
        _highs = at + shape.HighsAt;
        _lows = at + shape.LowsAt;
        _lowBits = shape.LowBits;
        _lowMask = (1UL << shape.LowBits) - 1;
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
    public int Find(ulong prefix, out long rank)
    {
        var entries = FindBucket(prefix, out rank);
        return entries == 0 ? 0 : AmongLows(prefix, entries, ref rank);
    }

    // The first entry of a prefix's bucket and how many there are.
    private long FindBucket(ulong prefix, out long rank)
    {
        var bucket = (long)(prefix >> _lowBits);
        var block = bucket >> 6;
        var ranks = _at + (block * sizeof(uint));
        _bytes.Need(ranks, 2 * sizeof(uint));
        rank = *(uint*)(_bytes.Pointer + ranks);
        long end = *(uint*)(_bytes.Pointer + ranks + sizeof(uint));
        return rank >= end ? 0 : FindInBlock(block, (int)(bucket & 63), end, ref rank);
    }

    private long FindInBlock(long block, int zeros, long end, ref long rank)
    {
        if (end > Count)
            throw new KeyFileException("a rank lies outside of the set");
        var bit = (block << 6) + rank;
        _bytes.Need(_highs + (bit >> 3), ((64 + end - rank + 7) >> 3) + sizeof(ulong));
        var stop = bit + 64 + end - rank;
        // Past the zeros of the buckets before, counting the ones.
        while (zeros > 0)
        {
            var word = ~Bits(bit, out var width);
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

        var entries = RunFrom(bit, stop);
        return rank + entries > Count ? throw new KeyFileException("a bucket is too large") : entries;
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
    private long RunFrom(long bit, long stop)
    {
        long run = 0;
        while (bit + run < stop)
        {
            var word = ~Bits(bit + run, out var width);
            if (word != 0)
                return run + BitOperations.TrailingZeroCount(word);
            run += width;
        }

        return run;
    }

    // The lower bits of a bucket's entries ascend; a bucket is long only where one key has many rows.
    private int AmongLows(ulong prefix, long entries, ref long rank)
    {
        var wanted = prefix & _lowMask;
        var firstBit = rank * _lowBits;
        _bytes.Need(_lows + (firstBit >> 3), (((entries * _lowBits) + 7) >> 3) + sizeof(ulong));
        long low = 0,
            high = entries;
        while (high - low > 4)
        {
            var middle = (low + high) >> 1;
            if (LowAt(rank + middle) < wanted)
                low = middle + 1;
            else
                high = middle + 1;
        }

        while (low < entries && LowAt(rank + low) < wanted)
            low++;
        rank += low;
        var count = 0;
        for (; low + count < entries && LowAt(rank + count) == wanted; count++) { }
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
            if (_bytes.IsWhole && Sse.IsSupported)
                LookUpTogether(together, from, matches);
            else
                for (var i = 0; i < together.Length; i++)
                    if (Find(SortedKeys.PrefixOf(together[i]), out var rank) is > 0 and var count)
                        matches.Add(new(from + i, rank, count));
        }
    }

    // A look-up waits for memory three times; those of several prefixes wait together.
    private void LookUpTogether(ReadOnlySpan<ulong> entries, int from, List<KeyMatch> matches)
    {
        var ranks = stackalloc long[LookupsAtOnce];
        var counts = stackalloc long[LookupsAtOnce];
        var start = _bytes.Pointer;
        foreach (var entry in entries)
            Sse.Prefetch0(start + _at + (BlockOf(entry) * sizeof(uint)));
        foreach (var entry in entries)
        {
            var block = BlockOf(entry);
            Sse.Prefetch0(start + _highs + (((block << 6) + *(uint*)(start + _at + (block * sizeof(uint)))) >> 3));
        }

        for (var i = 0; i < entries.Length; i++)
        {
            counts[i] = FindBucket(SortedKeys.PrefixOf(entries[i]), out ranks[i]);
            Sse.Prefetch0(start + _lows + ((ranks[i] * _lowBits) >> 3));
        }

        for (var i = 0; i < entries.Length; i++)
            if (
                counts[i] > 0
                && AmongLows(SortedKeys.PrefixOf(entries[i]), counts[i], ref ranks[i]) is > 0 and var count
            )
                matches.Add(new(from + i, ranks[i], count));
    }

    private long BlockOf(ulong entry) => (long)(SortedKeys.PrefixOf(entry) >> _lowBits) >> 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong LowAt(long rank)
    {
        var bit = rank * _lowBits;
        return Word(_lows + (bit >> 3)) >> (int)(bit & 7) & _lowMask;
    }

    // Bits from one on; those past the word that was read are ones, so that they are no end of a bucket.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Bits(long bit, out int width)
    {
        var shift = (int)(bit & 7);
        width = 64 - shift;
        return (Word(_highs + (bit >> 3)) >> shift) | (shift == 0 ? 0 : ulong.MaxValue << width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Word(long at) => *(ulong*)(_bytes.Pointer + at);
}
