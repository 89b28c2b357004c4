using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;
using AdvertiseX.Validation;

namespace AdvertiseX.Decoding.Csv;

/// <summary>
/// Decodes blocks of CSV rows by the rules of <see cref="CsvRows"/>. One pass over 64 bytes at a time finds delimiters,
/// quotes and line ends. Spaces around an unquoted field are dropped; an empty one is null. A quoted field is kept as
/// it is. A row that has more or fewer fields than the header is rejected; blank lines are no rows.
/// </summary>
internal sealed unsafe class CsvBlockDecoder : IRecordDecoder
{
    private readonly CompiledContract _contract;
    private readonly CsvHeader _header;
    private readonly CsvDialect _dialect;
    private readonly int _maxRecordBytes;
    private readonly int _columnCount;
    private readonly NativeBuffer _columnBuffer;
    private readonly CsvColumn* _columns;
    private RecordSlots _record = null!;
    private Slot* _slots;
    private byte* _start;
    private long _offset;

    /// <param name="maxRecordBytes">A longer record is rejected as too large.</param>
    public CsvBlockDecoder(CompiledContract contract, CsvHeader header, int maxRecordBytes)
    {
        _contract = contract;
        _header = header;
        _dialect = header.Dialect;
        _maxRecordBytes = maxRecordBytes;
        _columnCount = header.Columns.Count;
        _columnBuffer = NativePool.Rent((long)_columnCount * sizeof(CsvColumn));
        _columns = (CsvColumn*)_columnBuffer.Pointer;
    }

    public void Decode(Block block, RowWriter rows) => DecodeInto(block, new RowSink(rows));

    public void Dispose() => _columnBuffer.Dispose();

    public void DecodeInto<TSink>(Block block, TSink sink)
        where TSink : struct, IRecordSink
    {
        if (block.OversizedLength is { } length)
        {
            TextRejects.TooLarge(sink, block, length, _maxRecordBytes);
            return;
        }

        var utf8 = Utf8Check.IsValid(block.Bytes + block.DataFrom, block.Length - block.DataFrom);
        Rows(block.Bytes + block.DataFrom, block.Bytes + block.Length, block.From + block.DataFrom, utf8, sink);
    }

    /// <summary>Decodes rows where they lie.</summary>
    /// <param name="row">The first row; 64 bytes past the end may be read.</param>
    /// <param name="end">After the last row.</param>
    /// <param name="offset">Offset of the first row in its stream.</param>
    /// <param name="utf8">Whether the bytes are known to be UTF-8.</param>
    /// <param name="sink">Where records go.</param>
    internal void Rows<TSink>(byte* row, byte* end, long offset, bool utf8, TSink sink)
        where TSink : struct, IRecordSink
    {
        Bind(sink.Record);
        _start = row;
        _offset = offset;
        while ((row = CsvRows.SkipBlank(row, end, _dialect)) < end)
        {
            _record.Clear();
            var lineEnd = ReadRow(row, end, out var fields, out var multiline);
            var content = lineEnd == null ? null : CsvRows.ContentEnd(row, lineEnd, _dialect);
            if (lineEnd == null || (multiline && content - row > _maxRecordBytes))
            {
                lineEnd = CsvRows.LineEnd(row, end, _dialect);
                if (lineEnd == null)
                    lineEnd = end;
                RejectLine(row, CsvRows.ContentEnd(row, lineEnd, _dialect), sink);
            }
            else
            {
                Finish(row, content, fields, utf8, sink);
            }

            row = lineEnd + 1;
        }
    }

    private void Bind(RecordSlots record)
    {
        if (_record == record)
            return;
        _record = record;
        _slots = record.Slots;
        // Two spellings of one node, such as user-id beside user_id: the first column has it.
        var taken = new HashSet<(int Slot, byte Rank)>();
        for (var i = 0; i < _columnCount; i++)
        {
            var name = Encoding.UTF8.GetBytes(_header.Columns[i]);
            var node = _header.IsFirst(i) ? SourcePaths.Find(_contract.Root, name) : null;
            var mapped = node is { Slot: >= 0 } && taken.Add((node.Slot, node.Rank));
            _columns[i] = new CsvColumn
            {
                Slot = mapped ? node!.Slot : -1,
                Rank = mapped ? node!.Rank : (byte)0,
                Name = record.UnmappedName(name),
            };
        }
    }

    /// <summary>Reads one row into the record. Returns where its line end (or the block's end) is, or null if it is
    /// damaged.</summary>
    private byte* ReadRow(byte* row, byte* end, out int fields, out bool multiline)
    {
        var limit = row + Math.Min(_maxRecordBytes, end - row);
        var field = row;
        var at = row;
        var column = 0;
        multiline = false;
        var hits = Special(at);
        while (true)
        {
            while (hits == 0)
            {
                at += 64;
                if (at >= end)
                    break;
                hits = Special(at);
            }

            var hit = hits == 0 ? end : at + BitOperations.TrailingZeroCount(hits);
            hits &= hits - 1;
            if (hit >= end || *hit == _dialect.LineEnd)
            {
                hit = hit < end ? hit : end;
                fields = column + 1;
                if (field != null)
                    Store(column, field, CsvRows.ContentEnd(field, hit, _dialect));
                return hit;
            }

            if (*hit == _dialect.Delimiter)
            {
                if (field != null)
                    Store(column, field, hit);
                column++;
                field = hit + 1;
            }
            else if (field != null && CsvRows.Opens(field, hit))
            {
                at = ReadQuoted(column, hit, end, limit, ref multiline);
                fields = column;
                if (at == null)
                    return null;
                field = null;
                hits = at < end ? Special(at) : 0;
            }
        }
    }

    /// <summary>Which of 64 bytes are delimiters, quotes or line ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Special(byte* p) => Special32(p) | ((ulong)Special32(p + 32) << 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Special32(byte* p)
    {
        var v = Vector256.Load(p);
        return (
            Vector256.Equals(v, Vector256.Create(_dialect.Delimiter))
            | Vector256.Equals(v, Vector256.Create((byte)'"'))
            | Vector256.Equals(v, Vector256.Create(_dialect.LineEnd))
        ).ExtractMostSignificantBits();
    }

    /// <summary>Stores the quoted field that opens at <paramref name="quote"/>; returns what ends it, or null if the
    /// row is damaged.</summary>
    private byte* ReadQuoted(int column, byte* quote, byte* end, byte* limit, ref bool multiline)
    {
        var close = quote < limit ? CsvRows.ClosingQuote(quote + 1, limit, out var doubled) : Missing(out doubled);
        var after = close == null ? null : CsvRows.AfterClosing(close + 1, end, _dialect);
        if (after == null || after > limit)
            return null;
        var text = quote + 1;
        var length = (int)(close - text);
        multiline |= CsvRows.LineEnd(text, close, _dialect) != null;
        if (doubled)
            text = Undouble(text, ref length);
        if (column < _columnCount)
            Put(column, SlotKind.Text, text, length);
        // The carriage return of a line end is no part of the next scan.
        return after < end && *after == '\r' && _dialect.LineEnd == '\n' ? after + 1 : after;
    }

    private static byte* Missing(out bool doubled)
    {
        doubled = false;
        return null;
    }

    private byte* Undouble(byte* text, ref int length)
    {
        var single = _record.Scratch.Take(length);
        var kept = 0;
        for (var i = 0; i < length; i++)
        {
            single[kept++] = text[i];
            if (text[i] == '"')
                i++;
        }

        _record.Scratch.GiveBack(length - kept);
        length = kept;
        return single;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(int column, byte* from, byte* to)
    {
        if (column >= _columnCount)
            return;
        if (from < to && (*from == ' ' || to[-1] == ' '))
            Trim(ref from, ref to);
        Put(column, from == to ? SlotKind.Null : SlotKind.Text, from, (int)(to - from));
    }

    private static void Trim(ref byte* from, ref byte* to)
    {
        while (from < to && *from == ' ')
            from++;
        while (from < to && to[-1] == ' ')
            to--;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put(int column, SlotKind kind, byte* text, int length)
    {
        var to = _columns + column;
        if (to->Slot >= 0 && _slots[to->Slot].Kind == SlotKind.Absent)
            _slots[to->Slot].SetText(kind, to->Rank, text, length);
        else
            PutRarely(column, kind, text, length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PutRarely(int column, SlotKind kind, byte* text, int length)
    {
        var to = _columns + column;
        var slot = default(Slot);
        slot.SetText(kind, to->Rank, text, length);
        if (to->Slot < 0)
        {
            if (length > 0)
                _record.AddUnmapped(to->Name, slot);
            return;
        }

        _record.Set(SourcePaths.Find(_contract.Root, Encoding.UTF8.GetBytes(_header.Columns[column]))!, slot);
    }

    private void Finish<TSink>(byte* row, byte* content, int fields, bool utf8, TSink sink)
        where TSink : struct, IRecordSink
    {
        var length = (int)(content - row);
        var offset = _offset + (row - _start);
        if (length <= _maxRecordBytes && fields == _columnCount && (utf8 || Utf8Check.IsValid(row, length)))
        {
            if (fields > 1 || !IsBlank(row, content))
                sink.Write(new RecordBytes(row, length, offset, 0));
            return;
        }

        _record.Discard();
        if (IsBlank(row, content))
            return;
        if (length > _maxRecordBytes)
            TextRejects.TooLarge(sink, row, length, length, offset, _maxRecordBytes);
        else if (fields != _columnCount)
            TextRejects.Unparseable(sink, row, length, offset, Fields(_columnCount), Fields(fields));
        else
            TextRejects.Unparseable(sink, row, length, offset, "UTF-8"u8, "other bytes"u8);
    }

    private void RejectLine<TSink>(byte* row, byte* content, TSink sink)
        where TSink : struct, IRecordSink
    {
        var length = (int)(content - row);
        var offset = _offset + (row - _start);
        _record.Discard();
        if (length > _maxRecordBytes)
            TextRejects.TooLarge(sink, row, length, length, offset, _maxRecordBytes);
        else
            TextRejects.Unparseable(sink, row, length, offset, "closing quote, then delimiter or line end"u8, "none"u8);
    }

    private static bool IsBlank(byte* row, byte* end)
    {
        while (row < end && *row == ' ')
            row++;
        return row >= end;
    }

    private static byte[] Fields(int count) => Encoding.UTF8.GetBytes(count == 1 ? "1 field" : $"{count} fields");
}
