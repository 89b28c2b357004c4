using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AdvertiseX.Compression;

/// <summary>CRC-32 of ISO 3309 (reflected polynomial EDB88320, as in zlib), by carry-less multiplication where the processor has it, else
/// eight bytes a step.</summary>
internal static class Crc32
{
    private static readonly uint[] s_tables = BuildTables();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        if (!Pclmulqdq.IsSupported || bytes.Length < 128)
            return OfPlain(bytes);
        var folded = Fold(bytes, out var taken);
        Span<byte> rest = stackalloc byte[16];
        folded.CopyTo(rest);
        // The folded bytes stand for all that were taken, start value included.
        return ~Update(Update(0, rest), bytes[taken..]);
    }

    /// <summary>By tables alone.</summary>
    public static uint OfPlain(ReadOnlySpan<byte> bytes) => ~Update(uint.MaxValue, bytes);

    private static uint Update(uint crc, ReadOnlySpan<byte> bytes)
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

    /// <summary>
    /// Brings the bytes down to 16 with the same remainder by carry-less multiplication (Gopal and others, "Fast CRC Computation for
    /// Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009): a block is multiplied by x to the power of its distance, modulo the
    /// polynomial, and added to the block at that distance. Four blocks a step, then they are joined.
    /// </summary>
    private static Vector128<byte> Fold(ReadOnlySpan<byte> bytes, out int taken)
    {
        // x^(512+32), x^(512-32), and x^(128+32), x^(128-32), modulo the polynomial, bits reflected.
        var far = Vector128.Create(0x154442BD4UL, 0x1C6E41596UL);
        var near = Vector128.Create(0x1751997D0UL, 0x0CCAA009EUL);
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        var (a, b, c, d) = (blocks[0] ^ Vector128.CreateScalar((ulong)uint.MaxValue), blocks[1], blocks[2], blocks[3]);
        var i = 4;
        for (; i + 4 <= blocks.Length; i += 4)
        {
            a = Moved(a, far) ^ blocks[i];
            b = Moved(b, far) ^ blocks[i + 1];
            c = Moved(c, far) ^ blocks[i + 2];
            d = Moved(d, far) ^ blocks[i + 3];
        }

        taken = 16 * i;
        return (Moved(Moved(Moved(a, near) ^ b, near) ^ c, near) ^ d).AsByte();
    }

    private static Vector128<ulong> Moved(Vector128<ulong> block, Vector128<ulong> by) =>
        Pclmulqdq.CarrylessMultiply(block, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(block, by, 0x11);

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
