using System.Runtime.InteropServices;

namespace AdvertiseX.Compression;

/// <summary>CRC-32 of ISO 3309 (reflected polynomial EDB88320, as in zlib), eight bytes a step.</summary>
internal static class Crc32
{
    private static readonly uint[] s_tables = BuildTables();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var tables = s_tables;
        var crc = uint.MaxValue;
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
        return ~crc;
    }

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
