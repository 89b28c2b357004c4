using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Keys;

/// <summary>
/// Keys of some rows in the order of their prefixes, rows of one prefix ascending: a radix sort of one word an entry,
/// the prefix in its upper bits and the row in its lower ones. Owns pooled memory, 16 bytes an entry while it is made.
/// </summary>
internal sealed unsafe class SortedKeys : IDisposable
{
    /// <summary>Rows that fit beside a whole prefix.</summary>
    public const int MaxRows = 1 << (64 - KeyPrefix.Bits);

    private const int DigitBits = 10;
    private const int Digits = KeyPrefix.Bits / DigitBits;
    private const int SmallCount = 512;
    private const int FewCount = 1 << 22;
    private const int FirstDigitsShift = 64 - KeyPrefix.Bits + DigitBits;

    private readonly NativeBuffer _entries;
    private readonly ulong* _entry;

    private SortedKeys(NativeBuffer entries, int count)
    {
        _entries = entries;
        _entry = (ulong*)entries.Pointer;
        Count = count;
    }

    public int Count { get; }

    /// <summary>Entries by order: prefix above, row below (<see cref="PrefixOf"/>, <see cref="RowOf"/>).</summary>
    public ReadOnlySpan<ulong> Entries => new(_entry, Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PrefixOf(ulong entry) => entry >> (64 - KeyPrefix.Bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int RowOf(ulong entry) => (int)(entry & (MaxRows - 1));

    /// <summary>Sorts the keys of the given rows; entry <c>i</c> stands for row <c>rows[i]</c> of the column and is
    /// known as row <c>i</c>.</summary>
    /// <param name="keys">Keys by row of a batch.</param>
    /// <param name="valid">Whether a row has a key, one byte a row; null when all have.</param>
    /// <param name="rows">Which rows, at most <see cref="MaxRows"/>.</param>
    public static SortedKeys Of(long* keys, byte* valid, ReadOnlySpan<int> rows)
    {
        Require(rows.Length);
        var entries = NativePool.Rent(Math.Max(1, (long)rows.Length * sizeof(ulong)));
        var entry = (ulong*)entries.Pointer;
        var count = 0;
        for (var i = 0; i < rows.Length; i++)
            if (valid == null || valid[rows[i]] != 0)
                entry[count++] = EntryOf(keys[rows[i]], i);
        return Sort(entries, count);
    }

    /// <summary>Sorts entries (<see cref="EntryOf"/>).</summary>
    public static SortedKeys Of(List<ulong> entries)
    {
        var buffer = NativePool.Rent(Math.Max(1, (long)entries.Count * sizeof(ulong)));
        CollectionsMarshal.AsSpan(entries).CopyTo(new Span<ulong>(buffer.Pointer, entries.Count));
        return Sort(buffer, entries.Count);
    }

    /// <summary>Sorts keys; the row of each is its place.</summary>
    public static SortedKeys Of(ReadOnlySpan<long> keys)
    {
        Require(keys.Length);
        var entries = NativePool.Rent(Math.Max(1, (long)keys.Length * sizeof(ulong)));
        var entry = (ulong*)entries.Pointer;
        for (var i = 0; i < keys.Length; i++)
            entry[i] = EntryOf(keys[i], i);
        return Sort(entries, keys.Length);
    }

    /// <summary>Entries that lie in order in a buffer, which is taken over.</summary>
    public static SortedKeys InOrder(NativeBuffer entries, int count) => new(entries, count);

    /// <summary>Sorts entries (<see cref="EntryOf"/>) that lie in a buffer, which is taken over.</summary>
    public static SortedKeys Sort(NativeBuffer entries, int count)
    {
        if (count <= SmallCount)
        {
            new Span<ulong>(entries.Pointer, count).Sort();
            return new SortedKeys(entries, count);
        }

        using var counters = NativePool.Rent(Digits * sizeof(int) << DigitBits);
        counters.Clear(Digits * sizeof(int) << DigitBits);
        var counter = (int*)counters.Pointer;
        // Of fewer entries hardly two have their first digits in common without being equal; those are put right after.
        var first = count <= FewCount ? 1 : 0;
        var from = (ulong*)entries.Pointer;
        for (var i = 0; i < count; i++)
        for (var digit = first; digit < Digits; digit++)
            counter[(digit << DigitBits) + DigitOf(from[i], digit)]++;
        var other = NativePool.Rent((long)count * sizeof(ulong));
        for (var digit = first; digit < Digits; digit++)
        {
            var next = counter + (digit << DigitBits);
            var sum = 0;
            for (var value = 0; value < 1 << DigitBits; value++)
                (next[value], sum) = (sum, sum + next[value]);
            from = (ulong*)entries.Pointer;
            var to = (ulong*)other.Pointer;
            for (var i = 0; i < count; i++)
                to[next[DigitOf(from[i], digit)]++] = from[i];
            (entries, other) = (other, entries);
        }

        other.Dispose();
        if (first > 0)
            PutRight(new Span<ulong>(entries.Pointer, count));
        return new SortedKeys(entries, count);
    }

    // Runs whose first digits are equal are sorted by all of them.
    private static void PutRight(Span<ulong> entries)
    {
        for (var i = 1; i < entries.Length; i++)
        {
            if (entries[i] >= entries[i - 1])
                continue;
            var from = i - 1;
            while (from > 0 && HasFirstDigitsOf(entries[from - 1], entries[i]))
                from--;
            var end = i + 1;
            while (end < entries.Length && HasFirstDigitsOf(entries[end], entries[i]))
                end++;
            entries[from..end].Sort();
            i = end;
        }
    }

    private static bool HasFirstDigitsOf(ulong one, ulong other) =>
        one >> FirstDigitsShift == other >> FirstDigitsShift;

    /// <summary>A key and its row in one word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong EntryOf(long key, int row) => ((ulong)key & ~((ulong)MaxRows - 1)) | (uint)row;

    public void Dispose() => _entries.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DigitOf(ulong entry, int digit) =>
        (int)(entry >> (64 - KeyPrefix.Bits + (digit * DigitBits))) & ((1 << DigitBits) - 1);

    private static void Require(int rows)
    {
        if (rows > MaxRows)
            throw new ArgumentOutOfRangeException(nameof(rows), rows, $"at most {MaxRows} rows can be sorted at once");
    }
}
