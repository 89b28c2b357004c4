using AdvertiseX.Columns;
using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Validation;

/// <summary>What was wrong with the record at hand.</summary>
internal sealed unsafe partial class RowWriter
{
    private RejectReason _reason;
    private byte[] _field = [];
    private byte[] _expected = [];
    private Slot _found;
    private readonly RecordCopies _rejectCopies = new();

    // Always false, so that a check can return it. Rejects are rare enough for the copies.
    private bool Fail(RejectReason reason, ReadOnlySpan<byte> field, ReadOnlySpan<byte> expected, in Slot found)
    {
        _reason = reason;
        _field = field.ToArray();
        _expected = expected.ToArray();
        _found = found;
        return false;
    }

    private void RejectRecord(EventKind kind, in RecordBytes at)
    {
        _output.Counts[(int)kind][_reason]++;
        Keep(
            new RejectedEvent
            {
                Reason = _reason,
                Offset = at.Offset,
                Ordinal = at.Ordinal,
                Length = at.Length,
                Raw = at.Span,
                Field = _field,
                Expected = _expected,
                Found = TextOf(_found, Record.Scratch),
            }
        );
    }

    private void Keep(in RejectedEvent rejected) =>
        RejectWriter.Add(_output.Rejects ??= new ColumnBatch(FactTables.Rejects), rejected, _rejectCopies, Header);
}
