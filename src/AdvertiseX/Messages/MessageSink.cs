using AdvertiseX.Events;
using AdvertiseX.Records;
using AdvertiseX.Validation;

namespace AdvertiseX.Messages;

/// <summary>Gives records the position of their message and their number in it.</summary>
internal readonly unsafe struct MessageSink(RowWriter rows, MessageCursor cursor) : IRecordSink
{
    public RecordSlots Record => rows.Record;

    public void Write(in RecordBytes at) =>
        rows.Write(
            cursor.Whole == null
                ? new RecordBytes(at.Raw, at.Length, cursor.Offset, cursor.NextOrdinal++)
                : new RecordBytes(cursor.Whole, cursor.WholeLength, cursor.Offset, cursor.NextOrdinal++)
        );

    public void Reject(in RejectedEvent rejected)
    {
        var isWhole = cursor.Whole != null;
        rows.Reject(
            rejected with
            {
                Offset = cursor.Offset,
                Ordinal = cursor.NextOrdinal++,
                Raw = isWhole ? new ReadOnlySpan<byte>(cursor.Whole, cursor.WholeLength) : rejected.Raw,
                Length = isWhole ? cursor.WholeLength : rejected.Length,
            }
        );
    }
}
