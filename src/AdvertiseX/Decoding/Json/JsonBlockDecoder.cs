using System.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;
using AdvertiseX.Validation;

namespace AdvertiseX.Decoding.Json;

/// <summary>
/// Decodes blocks of JSON records: one a line, or as the framer's spans say. Keys that the contract knows fill slots,
/// the others are kept by name. Objects are descended where the contract knows keys inside, arrays of exactly one
/// object are looked through; any other object or array is kept as JSON text. A key repeated in one object: the last
/// value counts for a known key, every value is kept for an unknown one. An object repeated under one known key is
/// merged.
/// </summary>
internal sealed unsafe class JsonBlockDecoder : IRecordDecoder
{
    private readonly CompiledContract _contract;
    private readonly int _maxRecordBytes;
    private readonly PlainJsonReader _plain = new();
    private readonly FastJsonReader _fast;

    /// <param name="maxRecordBytes">A longer record is rejected as too large.</param>
    public JsonBlockDecoder(CompiledContract contract, int maxRecordBytes)
    {
        _contract = contract;
        _maxRecordBytes = maxRecordBytes;
        _fast = new FastJsonReader(contract.Root);
    }

    /// <summary>Whether the guessing reader goes first. Off only to compare both.</summary>
    internal bool Fast { get; init; } = true;

    public void Decode(Block block, RowWriter rows) => DecodeInto(block, new RowSink(rows));

    public void Dispose() => _fast.Dispose();

    public void DecodeInto<TSink>(Block block, TSink sink)
        where TSink : struct, IRecordSink
    {
        _fast.Bind(sink.Record);
        if (block.OversizedLength is { } length)
        {
            TextRejects.TooLarge(sink, block, length, _maxRecordBytes);
            return;
        }

        var utf8 = Utf8Check.IsValid(block.Bytes + block.DataFrom, block.Length - block.DataFrom);
        if (block.Records is { } records)
            DecodeSpans(block, records, utf8, sink);
        else
            DecodeLines(block, utf8, sink);
    }

    /// <summary>Decodes one record where it lies, as one of a block.</summary>
    /// <param name="utf8">Whether the bytes are known to be UTF-8.</param>
    internal void Record<TSink>(byte* p, byte* end, bool utf8, TSink sink)
        where TSink : struct, IRecordSink
    {
        _fast.Bind(sink.Record);
        DecodeRecord(p, end, 0, utf8, sink);
    }

    private void DecodeLines<TSink>(Block block, bool utf8, TSink sink)
        where TSink : struct, IRecordSink
    {
        var end = block.Bytes + block.Length;
        byte* next;
        for (var p = block.Bytes + block.DataFrom; p < end; p = next)
        {
            var length = new ReadOnlySpan<byte>(p, (int)(end - p)).IndexOf((byte)'\n');
            next = length < 0 ? end : p + length + 1;
            var lineEnd = length < 0 ? end : p + length;
            if (lineEnd > p && lineEnd[-1] == '\r')
                lineEnd--;
            if (*p <= ' ' && JsonText.SkipWhite(p, lineEnd) == lineEnd)
                continue;
            DecodeRecord(p, lineEnd, block.From + (p - block.Bytes), utf8, sink);
        }
    }

    private void DecodeSpans<TSink>(Block block, RecordSpans records, bool utf8, TSink sink)
        where TSink : struct, IRecordSink
    {
        for (var i = 0; i < records.Count; i++)
        {
            var span = records[i];
            var p = block.Bytes + span.Start;
            if (!span.Damaged)
                DecodeRecord(p, p + span.Length, block.From + span.Start, utf8, sink);
            else if (span.Length > _maxRecordBytes)
                TextRejects.TooLarge(sink, p, span.Length, span.Length, block.From + span.Start, _maxRecordBytes);
            else
                RejectDamaged(p, span.Length, block.From + span.Start, sink);
        }
    }

    private void DecodeRecord<TSink>(byte* p, byte* end, long offset, bool utf8, TSink sink)
        where TSink : struct, IRecordSink
    {
        var length = (int)(end - p);
        if (length > _maxRecordBytes)
        {
            TextRejects.TooLarge(sink, p, length, length, offset, _maxRecordBytes);
            return;
        }

        if (!utf8 && !Utf8Check.IsValid(p, length))
        {
            TextRejects.Unparseable(sink, p, length, offset, "UTF-8"u8, "other bytes"u8);
            return;
        }

        var record = sink.Record;
        record.Clear();
        if (Fast && _fast.Read(p, end))
        {
            if (_fast.ExplodeFrom == null)
                sink.Write(new RecordBytes(p, length, offset, 0));
            else
                Explode(p, length, offset, _fast.ExplodeNode!, _fast.ExplodeFrom, _fast.ExplodeTo, sink);
            return;
        }

        DecodeSlowly(p, end, offset, sink);
    }

    private void DecodeSlowly<TSink>(byte* p, byte* end, long offset, TSink sink)
        where TSink : struct, IRecordSink
    {
        var record = sink.Record;
        var length = (int)(end - p);
        record.Discard();
        if (!_plain.Read(p, end, _contract.Root, record))
        {
            record.Discard();
            TextRejects.Unparseable(
                sink,
                p,
                length,
                offset,
                Encoding.UTF8.GetBytes(_plain.Expected),
                Encoding.UTF8.GetBytes(_plain.Found)
            );
            return;
        }

        if (_plain.ExplodeNode == null)
            sink.Write(new RecordBytes(p, length, offset, 0));
        else
            Explode(p, length, offset, _plain.ExplodeNode, _plain.ExplodeFrom, _plain.ExplodeTo, sink);
    }

    /// <summary>Writes one row for each element of a valid array; one without it if it is empty.</summary>
    private void Explode<TSink>(byte* p, int length, long offset, FieldNode node, byte* from, byte* to, TSink sink)
        where TSink : struct, IRecordSink
    {
        var record = sink.Record;
        var at = JsonText.SkipWhite(from + 1, to);
        var ordinal = 0;
        if (*at == ']')
        {
            sink.Write(new RecordBytes(p, length, offset, 0));
            return;
        }

        record.Save();
        if (HasMoreRows(at, to, record.RowsAllowed))
        {
            record.Discard();
            RejectRows(p, length, offset, node, sink);
            return;
        }

        while (true)
        {
            var elementEnd = JsonValue.End(at, to);
            if (ordinal > 0)
                record.Restore();
            if (!Fast || !_fast.ReadElement(node, at, elementEnd))
            {
                record.DiscardSinceSave();
                _plain.ReadElement(at, elementEnd, node, record);
            }

            sink.Write(new RecordBytes(p, length, offset, ordinal++));
            at = JsonText.SkipWhite(elementEnd, to);
            if (*at == ']')
                return;
            at = JsonText.SkipWhite(at + 1, to);
        }
    }

    // An element and its comma have two bytes at least.
    private static bool HasMoreRows(byte* at, byte* to, int most)
    {
        if (to - at < 2L * most)
            return false;
        for (var rows = 1; rows <= most; rows++)
        {
            at = JsonText.SkipWhite(JsonValue.End(at, to), to);
            if (*at == ']')
                return false;
            at = JsonText.SkipWhite(at + 1, to);
        }

        return true;
    }

    private static void RejectRows<TSink>(byte* p, int length, long offset, FieldNode node, TSink sink)
        where TSink : struct, IRecordSink =>
        sink.Reject(
            new RejectedEvent
            {
                Reason = RejectReason.TooLarge,
                Offset = offset,
                Length = length,
                Raw = new ReadOnlySpan<byte>(p, length),
                Field = Encoding.UTF8.GetBytes(node.Path),
                Expected = Encoding.UTF8.GetBytes(
                    $"at most {RecordSlots.MaxRows} items, and {RecordSlots.MaxSharedTextBytes} bytes of texts that they share"
                ),
            }
        );

    /// <summary>Says of a damaged stretch where it stops being JSON.</summary>
    private void RejectDamaged<TSink>(byte* p, int length, long offset, TSink sink)
        where TSink : struct, IRecordSink
    {
        var record = sink.Record;
        record.Clear();
        if (!Utf8Check.IsValid(p, length))
        {
            TextRejects.Unparseable(sink, p, length, offset, "UTF-8"u8, "other bytes"u8);
            return;
        }

        var read = _plain.Read(p, p + length, _contract.Root, record);
        record.Discard();
        var expected = read ? "object of its own" : _plain.Expected;
        TextRejects.Unparseable(
            sink,
            p,
            length,
            offset,
            Encoding.UTF8.GetBytes(expected),
            Encoding.UTF8.GetBytes(_plain.Found)
        );
    }
}
