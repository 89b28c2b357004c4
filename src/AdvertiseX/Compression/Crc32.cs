using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AdvertiseX.Compression;

/// <summary>CRC-32 of ISO 3309 (reflected polynomial EDB88320, as in zlib): by carry-less multiplication where the processor has it,
/// else eight bytes a step.</summary>
internal static class Crc32
{
    private const int FoldBytes = 64;
    private static readonly uint[] s_tables = BuildTables();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        if (Pclmulqdq.IsSupported && bytes.Length >= FoldBytes)
        {
            crc = Fold(crc, bytes, out var folded);
            bytes = bytes[folded..];
        }

        return ~ByTable(crc, bytes);
    }

    /// <summary>The same without special instructions.</summary>
    internal static uint ByTable(uint crc, ReadOnlySpan<byte> bytes)
    {
        var tables = s_tables;
        if (BitConverter.IsLittleEndian)
        {
            foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
            {
                var low = crc ^ (uint)word;
                var high = (uint)(word >> 32);
                crc = tables[0x700 + (byte)low] ^ tables[0x600 + (byte)(low >> 8)]
                    ^ tables[0x500 + (byte)(low >> 16)] ^ tables[0x400 + (low >> 24)]
                    ^ tables[0x300 + (byte)high] ^ tables[0x200 + (byte)(high >> 8)]
                    ^ tables[0x100 + (byte)(high >> 16)] ^ tables[high >> 24];
            }

            bytes = bytes[(bytes.Length & ~7)..];
        }

        foreach (var b in bytes)
            crc = (crc >> 8) ^ tables[(byte)(crc ^ b)];
        return crc;
    }

    // V. Gopal and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009), with the
    // constants of this polynomial in reflected form: four lanes of 16 bytes are folded 64 bytes ahead, then into one, which as 16
    // plain bytes has the same remainder as all that was folded and so goes through the table.
    private static uint Fold(uint crc, ReadOnlySpan<byte> bytes, out int folded)
    {
        var ahead64 = Vector128.Create(0x154442BD4L, 0x1C6E41596L);
        var ahead16 = Vector128.Create(0x1751997D0L, 0x0CCAA009EL);
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var a = Load(ref start, 0) ^ Vector128.CreateScalar((ulong)crc).AsInt64();
        var b = Load(ref start, 16);
        var c = Load(ref start, 32);
        var d = Load(ref start, 48);
        var at = FoldBytes;
        for (; at + FoldBytes <= bytes.Length; at += FoldBytes)
        {
            a = Ahead(a, ahead64) ^ Load(ref start, at);
            b = Ahead(b, ahead64) ^ Load(ref start, at + 16);
            c = Ahead(c, ahead64) ^ Load(ref start, at + 32);
            d = Ahead(d, ahead64) ^ Load(ref start, at + 48);
        }

        var one = Ahead(Ahead(Ahead(a, ahead16) ^ b, ahead16) ^ c, ahead16) ^ d;
        folded = at;
        Span<byte> rest = stackalloc byte[16];
        one.AsByte().CopyTo(rest);
        return ByTable(0, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> Load(ref byte start, int at) => Vector128.LoadUnsafe(ref start, (nuint)at).AsInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> Ahead(Vector128<long> value, Vector128<long> by) =>
        Pclmulqdq.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, by, 0x11);

    private static uint[] BuildTables()
    {
        var tables = new uint[8 * 256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value >> 1) ^ ((value & 1) * 0xEDB88320u);
            tables[i] = value;
        }

        for (var i = 256; i < tables.Length; i++)
            tables[i] = (tables[i - 256] >> 8) ^ tables[(byte)tables[i - 256]];
        return tables;
    }
}
