using System.Buffers.Binary;

namespace AdvertiseX.Parquet;

/// <summary>The PLAIN values of a page (parquet-format Encodings.md), to be asked by their number. Keeps a copy of the
/// page's bytes. Not thread-safe.</summary>
internal sealed class PlainValues
{
    private byte[] _bytes = [];
    private int[] _starts = [];
    private long[] _numbers = [];

    public int Count { get; private set; }

    /// <summary>Takes the values of a page.</summary>
    /// <exception cref="ParquetLayoutException">The bytes hold fewer, or the type is not read here.</exception>
    public void Read(ReadOnlySpan<byte> bytes, ParquetType type, int count)
    {
        Count = count;
        if (type == ParquetType.ByteArray)
            ReadTexts(bytes, count);
        else
            ReadNumbers(bytes, type, count);
    }

    /// <summary>Takes values that are decoded already.</summary>
    public void Set(ReadOnlySpan<int> numbers)
    {
        Count = numbers.Length;
        Reserve(ref _numbers, Count);
        for (var i = 0; i < numbers.Length; i++)
            _numbers[i] = numbers[i];
    }

    public ReadOnlySpan<byte> Text(int value) =>
        _bytes.AsSpan(_starts[value] + sizeof(int), _starts[value + 1] - _starts[value] - sizeof(int));

    public long Number(int value) => _numbers[value];

    private void ReadTexts(ReadOnlySpan<byte> bytes, int count)
    {
        if (count > bytes.Length / sizeof(int))
            throw Short();
        Reserve(ref _bytes, bytes.Length);
        Reserve(ref _starts, count + 1);
        bytes.CopyTo(_bytes);
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            _starts[i] = at;
            if (bytes.Length - at < sizeof(int))
                throw Short();
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
            at += sizeof(int);
            if (length < 0 || length > bytes.Length - at)
                throw Short();
            at += length;
        }
        _starts[count] = at;
    }

    private void ReadNumbers(ReadOnlySpan<byte> bytes, ParquetType type, int count)
    {
        var bits = type switch
        {
            ParquetType.Boolean => 1,
            ParquetType.Int32 => 32,
            ParquetType.Int64 or ParquetType.Double => 64,
            _ => throw new ParquetLayoutException($"values of the type {type} are not read here"),
        };
        if ((long)count * bits > bytes.Length * 8L)
            throw Short();
        Reserve(ref _numbers, count);
        for (var i = 0; i < count; i++)
        {
            _numbers[i] = bits switch
            {
                1 => (bytes[i / 8] >> (i % 8)) & 1,
                32 => BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..]),
                _ => BinaryPrimitives.ReadInt64LittleEndian(bytes[(i * sizeof(long))..]),
            };
        }
    }

    private static void Reserve<T>(ref T[] room, int count)
    {
        if (room.Length < count)
            room = new T[count];
    }

    private static ParquetLayoutException Short() => new("a page has fewer values than it says");
}
