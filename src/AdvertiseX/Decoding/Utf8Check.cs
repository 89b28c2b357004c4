using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AdvertiseX.Decoding;

/// <summary>
/// Whether bytes are valid UTF-8, 64 at a time (Keiser and Lemire, "Validating UTF-8 in less than one instruction per
/// byte", 2020: each pair of bytes is classed by three table look-ups of their halves; an error shows as a bit left in
/// all three). The framework's check is as fast on ASCII, but several times slower where a few names and cities have
/// accents, as logs do.
/// </summary>
internal static unsafe class Utf8Check
{
    private const byte TooShort = 1 << 0;
    private const byte TooLong = 1 << 1;
    private const byte Overlong3 = 1 << 2;
    private const byte TooLarge = 1 << 3;
    private const byte Surrogate = 1 << 4;
    private const byte Overlong2 = 1 << 5;
    private const byte TooLarge1000 = 1 << 6;
    private const byte Overlong4 = 1 << 6;
    private const byte TwoContinuations = 1 << 7;
    private const byte Carry = TooShort | TooLong | TwoContinuations;

    // By the high half of the byte before.
    private static readonly Vector128<byte> FirstHigh = Vector128.Create(
        TooLong,
        TooLong,
        TooLong,
        TooLong,
        TooLong,
        TooLong,
        TooLong,
        TooLong,
        TwoContinuations,
        TwoContinuations,
        TwoContinuations,
        TwoContinuations,
        TooShort | Overlong2,
        TooShort,
        TooShort | Overlong3 | Surrogate,
        TooShort | TooLarge | TooLarge1000 | Overlong4
    );

    // By its low half.
    private static readonly Vector128<byte> FirstLow = Vector128.Create(
        (byte)(Carry | Overlong3 | Overlong2 | Overlong4),
        Carry | Overlong2,
        Carry,
        Carry,
        Carry | TooLarge,
        Carry | TooLarge | TooLarge1000,
        Carry | TooLarge | TooLarge1000,
        Carry | TooLarge | TooLarge1000,
        Carry | TooLarge | TooLarge1000,
        Carry | TooLarge | TooLarge1000,
        Carry | TooLarge | TooLarge1000,
        Carry | TooLarge | TooLarge1000,
        Carry | TooLarge | TooLarge1000,
        Carry | TooLarge | TooLarge1000 | Surrogate,
        Carry | TooLarge | TooLarge1000,
        Carry | TooLarge | TooLarge1000
    );

    // By the high half of the byte itself.
    private static readonly Vector128<byte> SecondHigh = Vector128.Create(
        TooShort,
        TooShort,
        TooShort,
        TooShort,
        TooShort,
        TooShort,
        TooShort,
        TooShort,
        TooLong | Overlong2 | TwoContinuations | Overlong3 | TooLarge1000 | Overlong4,
        TooLong | Overlong2 | TwoContinuations | Overlong3 | TooLarge,
        TooLong | Overlong2 | TwoContinuations | Surrogate | TooLarge,
        TooLong | Overlong2 | TwoContinuations | Surrogate | TooLarge,
        TooShort,
        TooShort,
        TooShort,
        TooShort
    );

    // In the last three places of 16 a byte from these on asks for more bytes than follow.
    private static readonly Vector128<byte> LastComplete = Vector128.Create(
        (byte)255,
        255,
        255,
        255,
        255,
        255,
        255,
        255,
        255,
        255,
        255,
        255,
        255,
        0xEF,
        0xDF,
        0xBF
    );

    /// <summary>Reads up to 64 bytes past the end.</summary>
    public static bool IsValid(byte* p, long length)
    {
        var end = p + length;
        var errors = Vector128<byte>.Zero;
        var before = Vector128<byte>.Zero;
        var open = Vector128<byte>.Zero;
        for (; end - p >= 64; p += 64)
        {
            Vector128<byte> a = Vector128.Load(p),
                b = Vector128.Load(p + 16),
                c = Vector128.Load(p + 32),
                d = Vector128.Load(p + 48);
            if (((a | b | c | d) & Vector128.Create((byte)0x80)) == Vector128<byte>.Zero)
            {
                errors |= open;
            }
            else
            {
                errors |= Errors(a, before) | Errors(b, a) | Errors(c, b) | Errors(d, c);
                open = Vector128.SubtractSaturate(d, LastComplete);
            }

            before = d;
        }

        if (errors != Vector128<byte>.Zero)
            return false;
        return RestIsValid(p, (int)(end - p), before, open);
    }

    private static bool RestIsValid(byte* p, int length, Vector128<byte> before, Vector128<byte> open)
    {
        // Zeros after the end close what is left open, as an error.
        var rest = stackalloc byte[80];
        Unsafe.InitBlock(rest, 0, 80);
        Unsafe.CopyBlockUnaligned(rest, p, (uint)length);
        var errors = Vector128<byte>.Zero;
        for (var i = 0; i < 80; i += 16)
        {
            var v = Vector128.Load(rest + i);
            errors |= Errors(v, before);
            before = v;
        }

        return errors == Vector128<byte>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Errors(Vector128<byte> v, Vector128<byte> before)
    {
        var one = Preceding(v, before, 1);
        var low = Vector128.Create((byte)15);
        var special =
            Vector128.ShuffleNative(FirstHigh, one >>> 4)
            & Vector128.ShuffleNative(FirstLow, one & low)
            & Vector128.ShuffleNative(SecondHigh, v >>> 4);
        // A third or fourth byte must be a continuation, and only they may be the second continuation in a row.
        var third = Vector128.SubtractSaturate(Preceding(v, before, 2), Vector128.Create((byte)(0xE0 - 0x80)));
        var fourth = Vector128.SubtractSaturate(Preceding(v, before, 3), Vector128.Create((byte)(0xF0 - 0x80)));
        return ((third | fourth) & Vector128.Create((byte)0x80)) ^ special;
    }

    /// <summary>The 16 bytes that stand so many places before those of <paramref name="v"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Preceding(Vector128<byte> v, Vector128<byte> before, [ConstantExpected] int places)
    {
        // A constant once inlined, which the attribute demands of every caller.
#pragma warning disable CA1857
        if (System.Runtime.Intrinsics.X86.Ssse3.IsSupported)
            return System.Runtime.Intrinsics.X86.Ssse3.AlignRight(v, before, (byte)(16 - places));
        if (System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported)
            return System.Runtime.Intrinsics.Arm.AdvSimd.ExtractVector128(before, v, (byte)(16 - places));
#pragma warning restore CA1857
        var both = stackalloc byte[32];
        before.Store(both);
        v.Store(both + 16);
        return Vector128.Load(both + 16 - places);
    }
}
