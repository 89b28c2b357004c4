using System.Numerics;

namespace AdvertiseX.Generation;

/// <summary>
/// xoshiro256** (Blackman and Vigna, 2018), seeded by splitmix64: the same numbers on every machine and runtime.
/// Only integers, since results of floating-point functions differ between libraries. Not thread-safe.
/// </summary>
internal sealed class DeterministicRandom
{
    private ulong _s0,
        _s1,
        _s2,
        _s3;

    public DeterministicRandom(ulong seed)
    {
        _s0 = Mix(seed += Step);
        _s1 = Mix(seed += Step);
        _s2 = Mix(seed += Step);
        _s3 = Mix(seed + Step);
    }

    private const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>The finalizer of splitmix64. One to one, so distinct counters give distinct ids.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A number in [0, bound); the bias of the multiplication is below 2^-32.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)(uint)bound) >> 32);

    /// <summary>A number in [from, to).</summary>
    public long Between(long from, long to) => from + (long)Math.BigMul(Next(), (ulong)(to - from), out _);

    /// <summary>True in <paramref name="perMillion"/> of a million cases.</summary>
    public bool Chance(int perMillion) => Below(1_000_000) < perMillion;

    /// <summary>
    /// A number in [smallest, smallest·2^octaves), each octave equally likely: a long tail without a logarithm.
    /// </summary>
    public long LongTail(long smallest, int octaves)
    {
        var octave = smallest << Below(octaves);
        return octave + Between(0, octave);
    }
}
