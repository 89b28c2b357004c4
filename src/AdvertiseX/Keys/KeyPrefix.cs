using System.Runtime.CompilerServices;

namespace AdvertiseX.Keys;

/// <summary>
/// What key files keep of a key, which is a hash: its first 40 bits. Among 67 million other keys
/// (<see cref="KeySet.MaxCount"/>) one that is not there meets one that is with a chance of 2⁻¹⁴, 0.006 %.
/// </summary>
internal static class KeyPrefix
{
    public const int Bits = 40;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(long key) => (ulong)key >> (64 - Bits);
}
