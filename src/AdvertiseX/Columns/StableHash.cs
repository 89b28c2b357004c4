using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace AdvertiseX.Columns;

/// <summary>
/// The fixed 64-bit hash behind <c>event_key</c> and the other keys of ids, natural event ids and dictionary look-ups: wyhash, final version 4, with its
/// default secret (public domain, Wang Yi). Values are stored in lakes: changing it means a new hash version in <c>docs/terms.md</c>.
/// Reads only the given bytes. Thread-safe.
/// </summary>
public static unsafe class StableHash
{
    private const ulong S0 = 0x2d358dccaa6c78a5, S1 = 0x8bb84b93962eacc9, S2 = 0x4b33a62ed433d4a3, S3 = 0x4d5a2da51de1aa47;

    // wyhash first turns its seed into Mix(seed ^ S0, S1) ^ seed; for seed 0 that is this constant.
    private const ulong Seed0 = 0xca813bf4c7abf0a9;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash64(byte* bytes, int length) => Core(bytes, length, Seed0);

    public static ulong Hash64(byte* bytes, int length, ulong seed) => Core(bytes, length, seed ^ Mix(seed ^ S0, S1));

    public static ulong Hash64(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        fixed (byte* p = bytes) return Hash64(p, bytes.Length, seed);
    }

    /// <summary>Folds a 64-bit value into a running hash; the order of the values matters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Fold(ulong running, ulong value) => Mix(running ^ S2, value ^ S3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Core(byte* p, int length, ulong seed)
    {
        ulong a, b;
        if (length <= 16)
        {
            if (length >= 4)
            {
                int middle = (length >> 3) << 2;
                a = ((ulong)Read4(p) << 32) | Read4(p + middle);
                b = ((ulong)Read4(p + length - 4) << 32) | Read4(p + length - 4 - middle);
            }
            else if (length > 0)
            {
                a = ((ulong)p[0] << 16) | ((ulong)p[length >> 1] << 8) | p[length - 1];
                b = 0;
            }
            else
            {
                a = b = 0;
            }
        }
        else
        {
            seed = Long(ref p, length, seed, out int left);
            a = Read8(p + left - 16);
            b = Read8(p + left - 8);
        }

        a ^= S1;
        b ^= seed;
        return Mix(unchecked(a * b) ^ S0 ^ (ulong)length, High(a, b) ^ S1);
    }

    private static ulong Long(ref byte* p, int left, ulong seed, out int rest)
    {
        if (left >= 48)
        {
            ulong second = seed, third = seed;
            do
            {
                seed = Mix(Read8(p) ^ S1, Read8(p + 8) ^ seed);
                second = Mix(Read8(p + 16) ^ S2, Read8(p + 24) ^ second);
                third = Mix(Read8(p + 32) ^ S3, Read8(p + 40) ^ third);
                p += 48;
                left -= 48;
            }
            while (left >= 48);
            seed ^= second ^ third;
        }

        while (left > 16)
        {
            seed = Mix(Read8(p) ^ S1, Read8(p + 8) ^ seed);
            p += 16;
            left -= 16;
        }

        rest = left;
        return seed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b) => High(a, b) ^ unchecked(a * b);

    // Both halves of a product at once go by way of memory in what the compiler makes; two multiplications stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong a, ulong b) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read8(byte* p) => Unsafe.ReadUnaligned<ulong>(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Read4(byte* p) => Unsafe.ReadUnaligned<uint>(p);
}
