using AdvertiseX.Columns;

namespace AdvertiseX.Kafka.Producing;

/// <summary>Keys and values of the records of one block. Not thread-safe.</summary>
internal sealed unsafe class OutgoingBatch : IDisposable
{
    private readonly List<OutgoingRecord> _records = [];
    private NativeBuffer _bytes = NativePool.Rent(1 << 20);
    private int _used;

    public int Count => _records.Count;

    public OutgoingRecord this[int i] => _records[i];

    public byte* KeyOf(OutgoingRecord record) => _bytes.Pointer + record.Start;

    public byte* ValueOf(OutgoingRecord record) => _bytes.Pointer + record.Start + record.KeyLength;

    public void Clear()
    {
        _records.Clear();
        _used = 0;
    }

    /// <summary>Adds a record whose value is two pieces, one after the other.</summary>
    public void Add(
        long offset,
        int ordinal,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> before,
        ReadOnlySpan<byte> value,
        long micros
    )
    {
        var start = _used;
        Append(key);
        Append(before);
        Append(value);
        _records.Add(new(offset, ordinal, start, key.Length, before.Length + value.Length, micros, null));
    }

    /// <summary>Adds a record that cannot be a message.</summary>
    public void Refuse(long offset, int ordinal, string why) => _records.Add(new(offset, ordinal, _used, 0, 0, 0, why));

    public void Dispose() => _bytes.Dispose();

    private void Append(ReadOnlySpan<byte> piece)
    {
        if (_used + piece.Length > _bytes.Length)
        {
            var grown = NativePool.Rent(Math.Max(_bytes.Length * 2, _used + (long)piece.Length));
            _bytes.Span[.._used].CopyTo(grown.Span);
            _bytes.Dispose();
            _bytes = grown;
        }

        piece.CopyTo(_bytes.Span[_used..]);
        _used += piece.Length;
    }
}
