using System.Buffers.Binary;

namespace AdvertiseX.Compression;

/// <summary>The raw block format of Snappy (google/snappy, format_description.txt): a varint length, then literals and copies.
/// Stateless; any thread.</summary>
public static unsafe partial class Snappy
{
    /// <summary>Reads the uncompressed length that a block claims. False if the block does not start with one, or claims more
    /// than its bytes could ever give (a copy of 3 bytes gives 64).</summary>
    public static bool TryGetLength(ReadOnlySpan<byte> block, out int length, out int headerLength)
    {
        length = 0;
        headerLength = 0;
        ulong value = 0;
        for (var shift = 0; shift < 35 && headerLength < block.Length; shift += 7)
        {
            var b = block[headerLength++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b >= 0x80)
                continue;
            if (value > int.MaxValue || value > (ulong)block.Length * 64)
                return false;
            length = (int)value;
            return true;
        }

        return false;
    }

    /// <summary>Decompresses a block into exactly the bytes it claims. False if the block is damaged; the destination then
    /// holds nothing of use.</summary>
    /// <param name="block">The whole block, its length varint first.</param>
    /// <param name="destination">Of exactly the length that <see cref="TryGetLength"/> gives.</param>
    public static bool TryDecompress(ReadOnlySpan<byte> block, Span<byte> destination) => TryDecompress(block, destination, fast: true);

    /// <inheritdoc cref="TryDecompress(ReadOnlySpan{byte}, Span{byte})"/>
    /// <param name="block">The whole block.</param>
    /// <param name="destination">Of exactly its length.</param>
    /// <param name="fast">False: element by element with every bound checked, the plain twin of the fast way.</param>
    internal static bool TryDecompress(ReadOnlySpan<byte> block, Span<byte> destination, bool fast)
    {
        if (!TryGetLength(block, out var length, out var at) || length != destination.Length)
            return false;
        var to = 0;
        if (fast)
            DecompressBulk(block, ref at, destination, ref to);
        while (at < block.Length)
        {
            var tag = block[at++];
            var taken = (tag & 3) == 0
                ? TakeLiteral(block, ref at, tag, destination[to..])
                : TakeCopy(block, ref at, tag, destination, to);
            if (taken <= 0)
                return false;
            to += taken;
        }

        return to == destination.Length;
    }

    private static int TakeLiteral(ReadOnlySpan<byte> block, ref int at, byte tag, Span<byte> destination)
    {
        long length = tag >> 2;
        if (length >= 60)
        {
            var bytes = (int)length - 59;
            if (block.Length - at < bytes)
                return 0;
            length = 0;
            for (var i = 0; i < bytes; i++)
                length |= (long)block[at++] << (8 * i);
        }

        length++;
        if (length > block.Length - at || length > destination.Length)
            return 0;
        block.Slice(at, (int)length).CopyTo(destination);
        at += (int)length;
        return (int)length;
    }

    /// <summary>Returns the copy's length, or 0 if it starts before the output, or passes its end.</summary>
    private static int TakeCopy(ReadOnlySpan<byte> block, ref int at, byte tag, Span<byte> destination, int to)
    {
        var offsetBytes = (tag & 3) == 3 ? 4 : tag & 3;
        if (block.Length - at < offsetBytes)
            return 0;
        long offset = 0;
        for (var i = 0; i < offsetBytes; i++)
            offset |= (long)block[at++] << (8 * i);
        var length = (tag >> 2) + 1;
        if (offsetBytes == 1)
        {
            offset |= (long)(tag & 0xE0) << 3;
            length = ((tag >> 2) & 7) + 4;
        }

        if (offset == 0 || offset > to || length > destination.Length - to)
            return 0;
        var from = to - (int)offset;
        if (offset >= length)
        {
            destination.Slice(from, length).CopyTo(destination[to..]);
        }
        else
        {
            // The source overlaps what is being written: a run, byte by byte.
            for (var i = 0; i < length; i++)
                destination[to + i] = destination[from + i];
        }

        return length;
    }
}
