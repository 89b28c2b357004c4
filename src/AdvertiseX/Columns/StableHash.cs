using System.IO.Hashing;
using System.Runtime.CompilerServices;

namespace AdvertiseX.Columns;

/// <summary>
/// The fixed hashes behind keys and natural ids: XXH3 with seed 0 (<c>docs/decisions/002-stable-hash.md</c>), 64 bits
/// for <c>event_key</c> and the other keys of ids, 128 bits for natural event ids. Any XXH3 library gives the same
/// values. They are stored in lakes: another function is another lake format. Reads only the given bytes. Thread-safe.
/// </summary>
internal static unsafe class StableHash
{
    // Odd constants without structure: the fractional parts of the square roots of 2 and 3.
    private const ulong FoldLeft = 0x6a09e667f3bcc909,
        FoldRight = 0xbb67ae8584caa73b;

    /// <summary>XXH3, 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash64(byte* bytes, int length) => XxHash3.HashToUInt64(new ReadOnlySpan<byte>(bytes, length));

    /// <inheritdoc cref="Hash64(byte*, int)"/>
    public static ulong Hash64(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes);

    /// <summary>XXH3, 128 bits; its canonical text is the number in hexadecimal, most significant digit
    /// first.</summary>
    public static UInt128 Hash128(ReadOnlySpan<byte> bytes) => XxHash128.HashToUInt128(bytes);

    /// <summary>
    /// Folds a 64-bit value into a running hash; the order of the values matters. The 128-bit product of both, each
    /// combined with a constant by exclusive or, its halves combined the same way.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Fold(ulong running, ulong value)
    {
        ulong left = running ^ FoldLeft,
            right = value ^ FoldRight;
        return Math.BigMul(left, right, out var low) ^ low;
    }
}
