using System.Buffers.Binary;
using System.Numerics;

namespace AdvertiseX.Compression;

/// <summary>
/// Raw Snappy (format_description.txt of google/snappy) with a greedy search of earlier four-byte sequences. The same bytes
/// on every machine. Not thread-safe; the span returned is valid until the next call.
/// </summary>
internal sealed class SnappyEncoder
{
    private const int HashBits = 14;
    private const int WindowBytes = 1 << 16;
    private readonly int[] _seen = new int[1 << HashBits];
    private byte[] _output = [];
    private int _length;

    /// <summary>The block as Avro wants it: followed by the big-endian CRC-32 of the plain bytes.</summary>
    public ReadOnlySpan<byte> EncodeWithChecksum(ReadOnlySpan<byte> input)
    {
        Encode(input);
        BinaryPrimitives.WriteUInt32BigEndian(_output.AsSpan(_length), Crc32.Of(input));
        return _output.AsSpan(0, _length + sizeof(uint));
    }

    /// <summary>The block alone.</summary>
    public ReadOnlySpan<byte> Encode(ReadOnlySpan<byte> input)
    {
        var room = input.Length + input.Length / 6 + 64;
        if (_output.Length < room)
            _output = new byte[room];
        _length = 0;
        for (var rest = (uint)input.Length; ; rest >>= 7)
        {
            _output[_length++] = (byte)(rest > 0x7F ? rest | 0x80 : rest);
            if (rest <= 0x7F)
                break;
        }

        for (var start = 0; start < input.Length; start += WindowBytes)
            EncodeWindow(input.Slice(start, Math.Min(WindowBytes, input.Length - start)));
        return _output.AsSpan(0, _length);
    }

    private void EncodeWindow(ReadOnlySpan<byte> input)
    {
        Array.Clear(_seen);
        int literal = 0, position = 1;
        while (position + 8 <= input.Length)
        {
            var four = BinaryPrimitives.ReadUInt32LittleEndian(input[position..]);
            ref var slot = ref _seen[(four * 0x1E35A7BD) >> (32 - HashBits)];
            var candidate = slot;
            slot = position;
            if (BinaryPrimitives.ReadUInt32LittleEndian(input[candidate..]) != four || candidate >= position)
            {
                // The longer nothing repeats, the larger the steps.
                position += 1 + ((position - literal) >> 5);
                continue;
            }

            var length = 4 + MatchLength(input, candidate + 4, position + 4);
            AppendLiteral(input[literal..position]);
            AppendCopy(position - candidate, length);
            position += length;
            literal = position;
        }

        if (literal < input.Length)
            AppendLiteral(input[literal..]);
    }

    private static int MatchLength(ReadOnlySpan<byte> input, int earlier, int later)
    {
        var start = later;
        while (later + 8 <= input.Length)
        {
            var difference = BinaryPrimitives.ReadUInt64LittleEndian(input[earlier..])
                ^ BinaryPrimitives.ReadUInt64LittleEndian(input[later..]);
            if (difference != 0)
                return later - start + (BitOperations.TrailingZeroCount(difference) >> 3);
            earlier += 8;
            later += 8;
        }

        for (; later < input.Length && input[later] == input[earlier]; later++)
            earlier++;
        return later - start;
    }

    private void AppendLiteral(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        var n = bytes.Length - 1;
        if (n < 60)
        {
            _output[_length++] = (byte)(n << 2);
        }
        else if (n < 256)
        {
            _output[_length++] = 60 << 2;
            _output[_length++] = (byte)n;
        }
        else
        {
            _output[_length++] = 61 << 2;
            _output[_length++] = (byte)n;
            _output[_length++] = (byte)(n >> 8);
        }

        bytes.CopyTo(_output.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Copies with a two-byte offset, at most 64 bytes each.</summary>
    private void AppendCopy(int offset, int length)
    {
        while (length > 0)
        {
            var part = Math.Min(length, 64);
            _output[_length++] = (byte)(((part - 1) << 2) | 2);
            _output[_length++] = (byte)offset;
            _output[_length++] = (byte)(offset >> 8);
            length -= part;
        }
    }
}
