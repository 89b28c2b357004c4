namespace AdvertiseX.Parquet;

/// <summary>Reads what <see cref="RleHybrid"/> describes, of any writer.</summary>
internal static class RleHybridReader
{
    /// <summary>Fills <paramref name="codes"/>.</summary>
    /// <param name="bytes">Runs and groups, and nothing before them.</param>
    /// <param name="width">Bits of a code, 0 to 32.</param>
    /// <param name="codes">As many codes as are to be read.</param>
    /// <exception cref="ParquetLayoutException">The bytes end before.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, int width, Span<int> codes)
    {
        if (width is < 0 or > 32)
            throw new ParquetLayoutException($"a code has {width} bits");
        while (!codes.IsEmpty)
        {
            var header = ReadVarint(ref bytes);
            if (header == 0)
                throw Damaged();
            var read =
                (header & 1) == 0
                    ? ReadRun(ref bytes, width, codes, header >> 1)
                    : ReadGroups(ref bytes, width, codes, header >> 1);
            codes = codes[read..];
        }
    }

    private static int ReadRun(ref ReadOnlySpan<byte> bytes, int width, Span<int> codes, uint length)
    {
        var size = (width + 7) / 8;
        if (bytes.Length < size)
            throw Damaged();
        uint code = 0;
        for (var i = 0; i < size; i++)
            code |= (uint)bytes[i] << (8 * i);
        bytes = bytes[size..];
        var count = (int)Math.Min(length, (uint)codes.Length);
        codes[..count].Fill((int)code);
        return count;
    }

    private static int ReadGroups(ref ReadOnlySpan<byte> bytes, int width, Span<int> codes, uint groups)
    {
        var size = (int)Math.Min(groups * (ulong)width, (ulong)bytes.Length);
        var count = (int)Math.Min(groups * 8UL, (ulong)codes.Length);
        if ((ulong)size * 8 < (ulong)count * (ulong)width)
            throw Damaged();
        ulong held = 0;
        var bits = 0;
        var at = 0;
        var mask = (1UL << width) - 1;
        for (var i = 0; i < count; i++)
        {
            for (; bits < width; bits += 8)
                held |= (ulong)bytes[at++] << bits;
            codes[i] = (int)(held & mask);
            held >>= width;
            bits -= width;
        }
        bytes = bytes[size..];
        return count;
    }

    private static uint ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        uint value = 0;
        for (var i = 0; i < 5 && i < bytes.Length; i++)
        {
            value |= (uint)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] >= 0x80)
                continue;
            bytes = bytes[(i + 1)..];
            return value;
        }
        throw Damaged();
    }

    private static ParquetLayoutException Damaged() => new("codes end before their page does");
}
