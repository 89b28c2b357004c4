using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using AdvertiseX.Records;

namespace AdvertiseX.Decoding.Avro;

/// <summary>How single values become slots.</summary>
internal sealed unsafe partial class AvroSlotDecoder
{
    private void Scalar(ref AvroCursor cursor, AvroSlotStep step)
    {
        var node = step.Node;
        if (node.Mismatch is not null)
        {
            AvroSkip.Value(ref cursor, node);
            Lose(ref cursor, step, AvroFault.Mismatch, node.Mismatch);
            return;
        }

        var value = default(Slot);
        switch (node.Wire)
        {
            case AvroType.Null:
                value.Kind = SlotKind.Null;
                break;
            case AvroType.Boolean:
                value.Kind = cursor.Boolean() ? SlotKind.True : SlotKind.False;
                break;
            case AvroType.Int or AvroType.Long:
                Integer(cursor.Long(), node, ref value);
                break;
            case AvroType.Float:
                Real(cursor.Float(), ref value);
                break;
            case AvroType.Double:
                Real(cursor.Double(), ref value);
                break;
            case AvroType.Enum:
                Symbol(ref cursor, step, ref value);
                break;
            default:
                Bytes(ref cursor, step, ref value);
                break;
        }

        if (cursor.Fault == AvroFault.None && value.Kind != SlotKind.Absent)
            Deliver(step, ref value);
    }

    private void Integer(long number, AvroNode node, ref Slot value)
    {
        if (node.Logical == AvroLogicalType.None)
        {
            if (node.Reader.Type is AvroType.Float or AvroType.Double)
                value.SetReal(0, node.Reader.Type == AvroType.Float ? (float)number : number);
            else
                value.SetInteger(SlotKind.Integer, 0, number);
            return;
        }

        // A number outside what its unit can say stays a number, which validation then judges.
        value.SetInteger(SlotKind.Integer, 0, number);
        if (!AvroText.ToMicros(node.Logical, number, out var micros))
            return;
        if (node.Logical is >= AvroLogicalType.TimestampMillis and <= AvroLogicalType.TimestampNanos)
        {
            value.SetInteger(SlotKind.TimestampMicros, 0, micros);
            return;
        }

        _text.Clear();
        var rendered = node.Logical switch
        {
            AvroLogicalType.Date => AvroText.Date(number, _text),
            AvroLogicalType.TimeMillis or AvroLogicalType.TimeMicros => AvroText.TimeOfDay(micros, _text),
            // Local times carry no zone: as text they get the contract's.
            >= AvroLogicalType.LocalTimestampMillis and <= AvroLogicalType.LocalTimestampNanos => AvroText.Timestamp(
                micros,
                _text
            ),
            _ => false,
        };
        if (rendered)
            Keep(SlotKind.Text, ref value);
    }

    private void Real(double number, ref Slot value)
    {
        if (double.IsFinite(number))
        {
            value.SetReal(0, number);
            return;
        }

        _text.Clear();
        _text.Write(
            double.IsNaN(number) ? "NaN"u8
            : number > 0 ? "Infinity"u8
            : "-Infinity"u8
        );
        Keep(SlotKind.Text, ref value);
    }

    private void Symbol(ref AvroCursor cursor, AvroSlotStep step, ref Slot value)
    {
        var index = cursor.Index(step.Node.Symbols.Length);
        if (cursor.Fault != AvroFault.None)
            return;
        if (step.Node.Symbols[index] is { } symbol)
        {
            // Pinned when the plan was made; the quotes are left out.
            var quoted = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(symbol));
            value.SetText(SlotKind.Text, 0, quoted + 1, symbol.Length - 2);
        }
        else
        {
            Lose(ref cursor, step, AvroFault.Mismatch, AvroJson.UnknownSymbol(step.Node, index));
        }
    }

    private void Bytes(ref AvroCursor cursor, AvroSlotStep step, ref Slot value)
    {
        var node = step.Node;
        int length;
        byte* bytes;
        if (node.Wire == AvroType.Fixed)
            bytes = cursor.Take(length = node.Writer.Size);
        else
            bytes = cursor.Bytes(out length);
        if (cursor.Fault != AvroFault.None)
            return;
        var span = new ReadOnlySpan<byte>(bytes, length);
        if (node.Reader.Type == AvroType.String)
        {
            if (Utf8.IsValid(span))
                value.SetText(SlotKind.Text, 0, bytes, length);
            else
                Lose(ref cursor, step, AvroFault.BadText);
            return;
        }

        _text.Clear();
        var kind = SlotKind.Text;
        if (node.Logical == AvroLogicalType.Decimal && AvroText.Decimal(span, node.Reader.Scale, _text))
            kind = SlotKind.Number;
        else if (node.Logical == AvroLogicalType.Uuid)
            AvroText.Uuid(span, _text);
        else if (node.Logical == AvroLogicalType.Duration)
            Duration(span, ref kind);
        else
            AvroText.Hex(span, _text);
        if (_text.Overflowed)
            Lose(ref cursor, step, AvroFault.TooLarge);
        else
            Keep(kind, ref value);
    }

    private void Duration(ReadOnlySpan<byte> bytes, ref SlotKind kind)
    {
        AvroText.Duration(bytes, _text);
        kind = SlotKind.Json;
    }

    /// <summary>Copies the rendered text to where it stays until the record is finished.</summary>
    private void Keep(SlotKind kind, ref Slot value)
    {
        var text = _text.Written;
        var kept = _record.Scratch.Take(text.Length);
        text.CopyTo(new Span<byte>(kept, text.Length));
        value.SetText(kind, 0, kept, text.Length);
    }

    private void Deliver(AvroSlotStep step, ref Slot value)
    {
        if (step.Slot is { } mapped)
        {
            value.Rank = mapped.Rank;
            _record.Set(mapped, value);
            return;
        }

        if (value.Kind == SlotKind.Null)
            return;
        if (step.Path.UnmappedName < 0)
            step.Path.UnmappedName = _record.UnmappedName(step.Path.Utf8.Length == 0 ? "value"u8 : step.Path.Utf8);
        _record.AddUnmapped(step.Path.UnmappedName, value);
    }

    private void Single(ref AvroCursor cursor, AvroSlotStep step)
    {
        var start = cursor;
        var count = AvroSkip.Blocks(ref cursor, step.Node, 0);
        if (cursor.Fault != AvroFault.None || count == 0)
            return;
        start.Work = cursor.Work;
        var end = cursor;
        cursor = start;
        if (count == 1)
        {
            while (cursor.Count(0, out _) == 0 && cursor.Fault == AvroFault.None) { }

            Run(ref cursor, step.Steps[0]);
        }
        else
        {
            Json(ref cursor, step);
        }

        // Where a block's stated length and its items disagree, the length decides, as it does when skipping.
        if (cursor.Fault == AvroFault.None)
            cursor.At = end.At;
    }

    private void Explode(ref AvroCursor cursor, AvroSlotStep step)
    {
        _items = cursor.At;
        _itemCount = AvroSkip.Blocks(ref cursor, step.Node, 0);
        _itemsStep = step.Steps[0];
        if (_itemCount > RecordSlots.MaxRows)
            LoseItems(ref cursor, step);
    }

    private void LoseItems(ref AvroCursor cursor, AvroSlotStep step)
    {
        _itemCount = 0;
        Lose(ref cursor, step, AvroFault.TooLarge);
    }

    private void Lose(ref AvroCursor cursor, AvroSlotStep step, AvroFault fault, string? mismatch = null)
    {
        cursor.FailRecord(fault, mismatch);
        _faulted ??= step;
    }

    private void NoteFault(in AvroCursor cursor, AvroSlotStep step)
    {
        if (cursor.RecordFault != AvroFault.None)
            _faulted ??= step;
    }

    private static void Forget(AvroSlotStep step)
    {
        step.Path.UnmappedName = -1;
        foreach (var inner in step.Steps)
            Forget(inner);
        foreach (var (_, inner) in step.Defaults)
            Forget(inner);
        foreach (var inner in step.Keys.Values)
            Forget(inner);
        if (step.OtherKeys is { } other)
            Forget(other);
    }
}
