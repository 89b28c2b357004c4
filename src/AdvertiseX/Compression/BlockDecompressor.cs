using System.Buffers;
using System.Runtime.InteropServices;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace AdvertiseX.Compression;

/// <summary>Decompresses one block after another into one native buffer that it owns and reuses. For one thread at a
/// time; dispose it to give the buffer back.</summary>
internal sealed unsafe class BlockDecompressor : IDisposable
{
    /// <summary>Zeroed readable bytes past the end of the output, so that scanners may read whole words.</summary>
    public const int Padding = 64;

    private const int SmallestBuffer = 64 * 1024;
    private byte* _buffer;
    private int _capacity;
    private int _length;
    private Decompressor? _zstd;

    ~BlockDecompressor() => Free();

    /// <summary>The last block's bytes, valid until the next call or Dispose. Followed by <see cref="Padding"/> zero
    /// bytes.</summary>
    public byte* Output => _buffer;

    /// <summary>How many bytes the last block gave.</summary>
    public int OutputLength => _length;

    /// <summary>The last block's bytes as a span, valid until the next call or Dispose.</summary>
    public ReadOnlySpan<byte> OutputSpan => new(_buffer, _length);

    /// <summary>Decompresses a block. Never throws for what the block holds; after a failure the output is empty.
    /// Memory never passes about twice the limit.</summary>
    /// <param name="codec">How the block is compressed.</param>
    /// <param name="block">The block as it lies in the file; for <see cref="BlockCodec.Null"/> it is copied.</param>
    /// <param name="maxLength">The most bytes the block may decompress to, up to 1 GB.</param>
    /// <exception cref="MissingLibraryException">The codec's native library is not on this machine.</exception>
    public DecompressionResult Decompress(BlockCodec codec, ReadOnlySpan<byte> block, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxLength, 1 << 30);
        _length = 0;
        var result = codec switch
        {
            // Some compressors write nothing for nothing.
            _ when block.IsEmpty => DecompressionResult.Ok,
            BlockCodec.Null => Copy(block, maxLength),
            BlockCodec.Snappy => Unsnappy(block, maxLength),
            BlockCodec.Zstandard => Unzstd(block, maxLength),
            _ => Drain(codec, block, maxLength),
        };
        if (result != DecompressionResult.Ok)
            _length = 0;
        Reserve(_length);
        new Span<byte>(_buffer + _length, Padding).Clear();
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        _zstd?.Dispose();
        _zstd = null;
        GC.SuppressFinalize(this);
    }

    private DecompressionResult Copy(ReadOnlySpan<byte> block, int maxLength)
    {
        if (block.Length > maxLength)
            return DecompressionResult.TooLarge;
        Reserve(block.Length);
        block.CopyTo(new Span<byte>(_buffer, block.Length));
        _length = block.Length;
        return DecompressionResult.Ok;
    }

    private DecompressionResult Unsnappy(ReadOnlySpan<byte> block, int maxLength)
    {
        if (!Snappy.TryGetLength(block, out var length))
            return DecompressionResult.Damaged;
        if (length > maxLength)
            return DecompressionResult.TooLarge;
        Reserve(length);
        if (!Snappy.TryDecompress(block, _buffer, length))
            return DecompressionResult.Damaged;
        _length = length;
        return DecompressionResult.Ok;
    }

    private DecompressionResult Unzstd(ReadOnlySpan<byte> block, int maxLength)
    {
        var zstd = _zstd ??= new Decompressor();
        zstd.ResetStream();
        // The claimed size only hints at the buffer to start with; what the frame really gives decides.
        fixed (byte* from = block)
        {
            var claimed = Methods.ZSTD_getFrameContentSize(from, (nuint)block.Length);
            Reserve((int)Math.Min(claimed <= (ulong)maxLength ? claimed : 0, 64UL << 20));
        }

        while (true)
        {
            var room = new Span<byte>(_buffer + _length, _capacity - _length);
            var status = zstd.UnwrapStream(block, room, out var taken, out var written);
            if (status == OperationStatus.InvalidData)
                return DecompressionResult.Damaged;
            block = block[taken..];
            _length += written;
            if (_length > maxLength)
                return DecompressionResult.TooLarge;
            if (status == OperationStatus.Done)
                return DecompressionResult.Ok;
            if (_length < _capacity)
                // There is room, and no input left: the frame has no end.
                return DecompressionResult.Damaged;
            Reserve(GrownCapacity(maxLength));
        }
    }

    private DecompressionResult Drain(BlockCodec codec, ReadOnlySpan<byte> block, int maxLength)
    {
        fixed (byte* from = block)
        {
            try
            {
                using var stream = Open(codec, new UnmanagedMemoryStream(from, block.Length));
                while (true)
                {
                    if (_length == _capacity || _capacity == 0)
                        Reserve(GrownCapacity(maxLength));
                    var read = stream.Read(new Span<byte>(_buffer + _length, _capacity - _length));
                    if (read == 0)
                        return DecompressionResult.Ok;
                    _length += read;
                    if (_length > maxLength)
                        return DecompressionResult.TooLarge;
                }
            }
            catch (InvalidDataException)
            {
                return DecompressionResult.Damaged;
            }
        }
    }

    private static Stream Open(BlockCodec codec, Stream block) =>
        codec switch
        {
            BlockCodec.Deflate => Decompression.OpenDeflate(block),
            BlockCodec.Bzip2 => Decompression.Open(block, CompressionFormat.Bzip2),
            BlockCodec.Xz => Decompression.Open(block, CompressionFormat.Xz),
            _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "not a codec read as a stream"),
        };

    /// <summary>Doubles, but one byte past the limit is all that is ever needed to see that the limit is
    /// passed.</summary>
    private int GrownCapacity(int maxLength) => (int)Math.Min(Math.Max(SmallestBuffer, 2L * _capacity), maxLength + 1L);

    /// <summary>Makes room for so many bytes, and the padding, and keeps the first <see cref="_length"/>.</summary>
    private void Reserve(int capacity)
    {
        if (capacity <= _capacity && _buffer is not null)
            return;
        capacity = Math.Max(capacity, SmallestBuffer);
        var grown = (byte*)NativeMemory.Alloc((nuint)capacity + Padding);
        new Span<byte>(_buffer, _length).CopyTo(new Span<byte>(grown, _length));
        NativeMemory.Free(_buffer);
        _buffer = grown;
        _capacity = capacity;
    }

    private void Free()
    {
        NativeMemory.Free(_buffer);
        _buffer = null;
        _capacity = 0;
        _length = 0;
    }
}
