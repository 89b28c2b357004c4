using AdvertiseX.Columns;
using AdvertiseX.Records;

namespace AdvertiseX.Validation;

/// <summary>
/// The CSV header or Avro schema that rejects of a message need to be read again. It is looked up once for all rejects
/// of the message; one longer than <see cref="RecordCopies.MostBytes"/> is kept with the first of them only. Not
/// thread-safe.
/// </summary>
internal sealed class ReplayHeader
{
    private ColumnBatch? _rejects;
    private int _code;

    /// <summary>Empty where it is the same for the whole stream. Setting it begins another message.</summary>
    public ReadOnlyMemory<byte> Text
    {
        get;
        set
        {
            field = value;
            _rejects = null;
        }
    }

    /// <summary>Ordinal of the first reject of the message that was given the header.</summary>
    public int FirstOrdinal { get; private set; }

    /// <summary>Whether the header is kept with the first reject only.</summary>
    public bool IsLong => Text.Length > RecordCopies.MostBytes;

    /// <summary>Sets the header of a row of <c>rejects</c>, or leaves it null.</summary>
    /// <returns>Whether the row has all that it needs; else the header is with <see cref="FirstOrdinal"/>.</returns>
    public bool TrySet(ColumnBatch rejects, int row, int ordinal)
    {
        if (Text.IsEmpty)
            return true;
        var column = rejects.Dictionary("header");
        if (!ReferenceEquals(_rejects, rejects))
        {
            column.Set(row, RejectWriter.ValidUtf8(Text.Span));
            (_rejects, _code, FirstOrdinal) = (rejects, column.CodeAt(row), ordinal);
            return true;
        }

        if (IsLong)
            return false;
        column.SetCode(row, _code);
        return true;
    }

    /// <summary>Forgets the batch of rejects, which goes elsewhere.</summary>
    public void Finish() => _rejects = null;
}
