using System.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Decoding.Avro;

/// <summary>Reads the datums of one writer's schema, one after another, and hands their rows or rejects on. Not
/// thread-safe.</summary>
internal sealed unsafe class AvroDatumReader
{
    private readonly AvroSlotDecoder _slots;
    private readonly int _maxRecordBytes;

    /// <exception cref="AvroSchemaException">A default of the reader's schema does not fit its type.</exception>
    public AvroDatumReader(AvroSchema writer, AvroSchema? reader, CompiledContract contract, int maxRecordBytes)
    {
        Root = AvroResolver.Resolve(writer, reader);
        _slots = new AvroSlotDecoder(AvroSlotPlan.Compile(Root, contract));
        _maxRecordBytes = maxRecordBytes;
    }

    public AvroNode Root { get; }

    /// <summary>Whether the compiled program may be used; the plain walk gives the same.</summary>
    public bool Fast
    {
        get => _slots.Fast;
        set => _slots.Fast = value;
    }

    /// <summary>Reads the datum at the cursor and hands it on, as one row or several, or as a reject. After a fault of
    /// the structure nothing was handed on: what the rest of the bytes are is for the caller to say.</summary>
    /// <param name="offset">Of the datum, or of its container block, in the stream.</param>
    /// <param name="ordinal">Of the next row at that offset; counted on.</param>
    public void Read<TSink>(ref AvroCursor cursor, TSink rows, long offset, ref int ordinal)
        where TSink : struct, IRecordSink
    {
        _slots.Use(rows.Record);
        var start = cursor.At;
        cursor.RecordFault = AvroFault.None;
        _slots.Read(ref cursor);
        if (cursor.Fault != AvroFault.None)
        {
            rows.Record.Discard();
            return;
        }

        var length = (int)(cursor.At - start);
        if (length > _maxRecordBytes)
            cursor.RecordFault = AvroFault.TooLarge;
        if (cursor.RecordFault != AvroFault.None)
        {
            rows.Record.Discard();
            Reject(cursor.RecordFault, cursor.Mismatch, rows, new RecordBytes(start, length, offset, ordinal++));
            return;
        }

        if (!_slots.HasItems)
            rows.Write(new RecordBytes(start, length, offset, ordinal++));
        else
            WriteItems(cursor, rows, start, offset, ref ordinal);
    }

    private void WriteItems<TSink>(in AvroCursor record, TSink rows, byte* start, long offset, ref int ordinal)
        where TSink : struct, IRecordSink
    {
        var items = _slots.StartItems(record);
        for (var row = 0; row < _slots.Rows; row++)
        {
            items.Cursor.RecordFault = AvroFault.None;
            _slots.ReadItem(ref items, row);
            var at = new RecordBytes(start, (int)(record.At - start), offset, ordinal++);
            var fault = items.Cursor.Fault != AvroFault.None ? items.Cursor.Fault : items.Cursor.RecordFault;
            if (fault == AvroFault.None)
            {
                rows.Write(at);
            }
            else
            {
                rows.Record.DiscardSinceSave();
                Reject(fault, items.Cursor.Mismatch, rows, at);
            }

            if (items.Cursor.Fault != AvroFault.None)
                return;
        }
    }

    private void Reject<TSink>(AvroFault fault, string? mismatch, TSink rows, in RecordBytes at)
        where TSink : struct, IRecordSink =>
        rows.Reject(
            new RejectedEvent
            {
                Reason = fault switch
                {
                    AvroFault.Mismatch => RejectReason.BadType,
                    AvroFault.TooLarge => RejectReason.TooLarge,
                    _ => RejectReason.Unparseable,
                },
                Offset = at.Offset,
                Ordinal = at.Ordinal,
                Length = at.Length,
                Raw = at.Span,
                Field = _slots.FaultedPath,
                Expected = mismatch is null ? Expected(fault) : Encoding.UTF8.GetBytes(mismatch),
            }
        );

    /// <summary>What would have been right, for a reject.</summary>
    public static ReadOnlySpan<byte> Expected(AvroFault fault) =>
        fault switch
        {
            AvroFault.Truncated => "values that end within their block"u8,
            AvroFault.BadNumber => "numbers and lengths as Avro writes them"u8,
            AvroFault.BadBranch => "a union branch or enum symbol that the schema has"u8,
            AvroFault.TooDeep => "values nested at most 64 deep"u8,
            AvroFault.TooLarge => "a record, array or text within the limits"u8,
            AvroFault.BadText => "text in UTF-8"u8,
            AvroFault.UnknownSchema => "a framed message of a known schema"u8,
            _ => "a datum of the schema"u8,
        };
}
