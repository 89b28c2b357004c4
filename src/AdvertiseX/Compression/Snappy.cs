using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace AdvertiseX.Compression;

/// <summary>Blocks as Avro's snappy codec wants them: raw Snappy (google/snappy, format_description.txt), then the
/// big-endian CRC-32 of the plain bytes. Stateless; any thread.</summary>
internal static unsafe class Snappy
{
    // A copy of 3 bytes gives 64; nothing gives more.
    private const int MostBytesPerByte = 64;
    private const int ChecksumBytes = sizeof(uint);

    /// <summary>The most bytes that a block of so many plain bytes takes.</summary>
    public static int MaxBlockLength(int plainLength) =>
        Snappier.Snappy.GetMaxCompressedLength(plainLength) + ChecksumBytes;

    /// <summary>Makes a block; the same bytes on every processor with an instruction for CRC-32C, as nearly all
    /// have.</summary>
    /// <param name="plain">May be empty.</param>
    /// <param name="block">At least <see cref="MaxBlockLength"/> bytes.</param>
    /// <returns>The block's length.</returns>
    public static int Compress(ReadOnlySpan<byte> plain, Span<byte> block)
    {
        var length = Snappier.Snappy.Compress(plain, block);
        BinaryPrimitives.WriteUInt32BigEndian(block[length..], Crc32.HashToUInt32(plain));
        return length + ChecksumBytes;
    }

    /// <summary>Reads the plain length that a block claims. False if the block is too short, does not start with a
    /// length, or claims more than its bytes could ever give.</summary>
    public static bool TryGetLength(ReadOnlySpan<byte> block, out int length)
    {
        length = 0;
        if (block.Length <= ChecksumBytes)
            return false;
        try
        {
            length = Snappier.Snappy.GetUncompressedLength(block[..^ChecksumBytes]);
            return length >= 0 && length <= (long)MostBytesPerByte * (block.Length - ChecksumBytes);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Decompresses raw Snappy, as Parquet has it, without a checksum; false if it is damaged or gives another
    /// number of bytes than the span has.</summary>
    public static bool TryDecompressRaw(ReadOnlySpan<byte> raw, Span<byte> plain)
    {
        try
        {
            return Snappier.Snappy.GetUncompressedLength(raw) == plain.Length
                && Snappier.Snappy.Decompress(raw, plain) == plain.Length;
        }
        catch (Exception damaged) when (damaged is InvalidDataException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Decompresses a block into exactly the bytes it claims and holds them against the checksum. False if the
    /// block is damaged; the destination then holds nothing of use.</summary>
    /// <param name="block">The whole block.</param>
    /// <param name="plain">Room for the bytes.</param>
    /// <param name="length">What <see cref="TryGetLength"/> gave.</param>
    public static bool TryDecompress(ReadOnlySpan<byte> block, byte* plain, int length)
    {
        fixed (byte* from = block)
        {
            try
            {
                using var input = new NativeMemoryView(from, block.Length - ChecksumBytes);
                using var output = new NativeMemoryView(plain, length);
                // Written in place, into room that ends where the claimed length does: elements that give more are
                // refused.
                Snappier.Snappy.Decompress(new ReadOnlySequence<byte>(input.Memory), new Room(output.Memory));
            }
            catch (InvalidDataException)
            {
                return false;
            }
        }

        return Crc32.HashToUInt32(new ReadOnlySpan<byte>(plain, length))
            == BinaryPrimitives.ReadUInt32BigEndian(block[^ChecksumBytes..]);
    }

    /// <summary>Memory that is there already, for whom writes through <see cref="IBufferWriter{T}"/>.</summary>
    private sealed class Room(Memory<byte> memory) : IBufferWriter<byte>
    {
        public void Advance(int count) { }

        public Memory<byte> GetMemory(int sizeHint = 0) => memory;

        public Span<byte> GetSpan(int sizeHint = 0) => memory.Span;
    }
}
