namespace AdvertiseX.Records;

/// <summary>
/// Decides which rows of a record keep a copy of bytes that all of them share: the first row always, the following ones
/// while there are at most <see cref="MostRows"/> of them and their copies together have at most
/// <see cref="MostBytes"/>. A long record of thousands of rows would otherwise fill gigabytes. The rows of a record
/// come one after another. Not thread-safe.
/// </summary>
internal sealed unsafe class RecordCopies
{
    public const int MostRows = 64;
    public const int MostBytes = 64 << 10;

    private byte* _record;
    private int _recordLength;
    private long _offset;
    private int _rows;
    private long _bytes;

    /// <summary>Ordinal of the first row of the record at hand that took a copy.</summary>
    public int FirstOrdinal { get; private set; }

    /// <summary>Takes note of a row with something to copy.</summary>
    /// <param name="at">The record of the row, and the row's ordinal.</param>
    /// <param name="length">Bytes of a copy.</param>
    /// <returns>Whether the row keeps a copy of its own; else that of <see cref="FirstOrdinal"/> stands for
    /// it.</returns>
    public bool TryTake(in RecordBytes at, int length)
    {
        if (at.Raw != _record || at.Length != _recordLength || at.Offset != _offset)
        {
            _record = at.Raw;
            (_recordLength, _offset) = (at.Length, at.Offset);
            (_rows, _bytes) = (1, 0);
            FirstOrdinal = at.Ordinal;
            return true;
        }

        if (_rows == MostRows || _bytes + length > MostBytes)
            return false;
        _rows++;
        _bytes += length;
        return true;
    }

    /// <summary>Forgets the record: what comes next may lie where it lay.</summary>
    public void Clear() => _record = null;
}
