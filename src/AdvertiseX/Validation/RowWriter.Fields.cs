using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Validation;

/// <summary>Values into columns.</summary>
internal sealed unsafe partial class RowWriter
{
    private const int NumberTextBytes = 40;

    /// <summary>A slot as text for a filter: what stands there, numbers and yes/no included.</summary>
    internal static ReadOnlySpan<byte> FilterText(in Slot slot) =>
        slot.Kind switch
        {
            SlotKind.Text or SlotKind.Number or SlotKind.Json => slot.Span,
            SlotKind.True => "true"u8,
            SlotKind.False => "false"u8,
            SlotKind.Integer or SlotKind.TimestampMicros => Encoding.UTF8.GetBytes(slot.Integer.ToString()),
            SlotKind.Real => Encoding.UTF8.GetBytes(slot.Real.ToString("R")),
            _ => default,
        };

    private bool WriteFields(KindPlan plan, ColumnBatch batch, int row, ref ulong payload)
    {
        // A local of its own stays in a register.
        var running = payload;
        var fields = plan.Fields;
        var slots = Record.Slots;
        for (var i = 0; i < fields.Length; i++)
        {
            ref readonly var field = ref fields[i];
            var slot = slots + field.Slot;
            if (slot->Kind <= SlotKind.Null && field.Constant == null)
            {
                if (field.SpareSlot < 0)
                    continue;
                slot = slots + field.SpareSlot;
                if (slot->Kind <= SlotKind.Null)
                    continue;
            }

            var column = batch[field.Column];
            if (field.IsPlainText && IsOrdinary(slot, field.IsId))
            {
                var hash = StableHash.Hash64(slot->Pointer, slot->Length);
                running = StableHash.Fold(running ^ field.Seed, hash);
                if (field.KeyColumn >= 0)
                    As<FixedColumn<long>>(batch, field.KeyColumn).Set(row, (long)hash);
                if (field.Conversion == FieldConversion.Dictionary)
                    Unsafe.As<DictionaryColumn>(column).Set(row, slot->Pointer, slot->Length, hash);
                else
                    Unsafe.As<TextColumn>(column).Set(row, slot->Pointer, slot->Length);
                continue;
            }

            var folded = running;
            if (!WriteField(field, batch, row, slot, ref folded))
                return false;
            running = folded;
        }

        payload = running;
        return true;
    }

    // Most values are texts that mean what they say: not absent in other words, not too long, no id of zeros.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsOrdinary(Slot* slot, bool isId) =>
        slot->Kind is SlotKind.Text or SlotKind.Number
        && !_nulls.MayHave(slot->Pointer, slot->Length)
        && slot->Length <= _maxText
        && !(isId && *slot->Pointer is (byte)'0' or (byte)'-');

    private bool WriteField(in FieldPlan field, ColumnBatch batch, int row, Slot* slot, ref ulong payload)
    {
        var column = batch[field.Column];
        switch (field.Conversion)
        {
            case FieldConversion.Text or FieldConversion.Dictionary:
                return WriteText(field, batch, row, slot, ref payload);
            case FieldConversion.Json:
                return WriteJson(field, Unsafe.As<TextColumn>(column), row, slot, ref payload);
            case FieldConversion.Boolean:
                return WriteBoolean(field, Unsafe.As<FixedColumn<byte>>(column), row, slot, ref payload);
            default:
                return WriteNumber(field, Unsafe.As<FixedColumn<long>>(column), row, slot, ref payload);
        }
    }

    private bool WriteText(in FieldPlan field, ColumnBatch batch, int row, Slot* slot, ref ulong payload)
    {
        var column = batch[field.Column];
        if (slot->Kind is SlotKind.Json)
            return Fail(RejectReason.BadType, field.Name, "text"u8, *slot);
        var text = slot->Kind is SlotKind.Text or SlotKind.Number ? slot->Span : TextOf(*slot, Record.Scratch);
        if (field.Map != null && field.Map.Find(text) is { } mapped)
            text = mapped;
        if (_nulls.Contains(text) || (field.IsId && NullValues.IsZeroId(text)))
        {
            if (field.Constant == null)
                return true;
            text = field.Constant;
        }

        if (text.Length > _maxText)
            return Fail(RejectReason.OutOfRange, field.Name, "a shorter text"u8, *slot);
        fixed (byte* p = text)
        {
            var hash = StableHash.Hash64(p, text.Length);
            payload = StableHash.Fold(payload ^ field.Seed, hash);
            if (field.Conversion == FieldConversion.Dictionary)
                Unsafe.As<DictionaryColumn>(column).Set(row, p, text.Length, hash);
            else
                Unsafe.As<TextColumn>(column).Set(row, p, text.Length);
            if (field.KeyColumn >= 0 && text.Length > 0)
                As<FixedColumn<long>>(batch, field.KeyColumn).Set(row, (long)hash);
        }

        return true;
    }

    private bool WriteJson(in FieldPlan field, TextColumn column, int row, Slot* slot, ref ulong payload)
    {
        var text = TextOf(*slot, Record.Scratch);
        if (slot->Kind == SlotKind.Text && _nulls.Contains(text))
            return true;
        if (text.Length > _maxText)
            return Fail(RejectReason.OutOfRange, field.Name, "a shorter text"u8, *slot);
        fixed (byte* p = text)
        {
            payload = StableHash.Fold(payload ^ field.Seed, StableHash.Hash64(p, text.Length));
            column.Set(row, p, text.Length);
        }

        return true;
    }

    private bool WriteBoolean(in FieldPlan field, FixedColumn<byte> column, int row, Slot* slot, ref ulong payload)
    {
        var value = slot->Kind switch
        {
            SlotKind.True => 1,
            SlotKind.False => 0,
            SlotKind.Integer when slot->Integer is 0 or 1 => (int)slot->Integer,
            SlotKind.Text or SlotKind.Number => YesNo(field.Map?.Find(slot->Span) ?? slot->Span),
            SlotKind.Absent or SlotKind.Null => YesNo(field.Constant),
            _ => -1,
        };
        if (value < 0 && slot->Kind == SlotKind.Text && _nulls.Contains(slot->Span))
            return true;
        if (value < 0)
            return Fail(RejectReason.BadType, field.Name, "true or false"u8, *slot);
        payload = StableHash.Fold(payload ^ field.Seed, (ulong)value);
        column.Set(row, (byte)value);
        return true;
    }

    private bool WriteNumber(in FieldPlan field, FixedColumn<long> column, int row, Slot* slot, ref ulong payload)
    {
        var text = slot->Kind switch
        {
            SlotKind.Text or SlotKind.Number => slot->Span,
            SlotKind.Absent or SlotKind.Null => field.Constant,
            SlotKind.Integer => TextOf(*slot, Record.Scratch),
            SlotKind.Real => default,
            _ => "-"u8,
        };
        if (slot->Kind == SlotKind.Text)
        {
            text = text.Trim((byte)' ');
            if (_nulls.Contains(text))
                return true;
        }

        var verdict = ParseNumber(field, *slot, text, out var value, out var exact);
        if (verdict == DecimalVerdict.NotANumber || (field.Conversion == FieldConversion.Integer && !exact))
            return Fail(
                RejectReason.BadType,
                field.Name,
                field.Conversion == FieldConversion.Micros ? "a decimal number"u8 : "a whole number"u8,
                *slot
            );
        if (verdict == DecimalVerdict.OutOfRange)
            return Fail(RejectReason.OutOfRange, field.Name, "a number that fits 64 bits"u8, *slot);
        if (field.Conversion == FieldConversion.Micros && (value > _maxMoney || value < -_maxMoney))
            return Fail(RejectReason.OutOfRange, field.Name, "an amount within money.max_units"u8, *slot);
        if (value < 0 && field.NonNegative)
            return Fail(RejectReason.OutOfRange, field.Name, "not negative"u8, *slot);
        payload = StableHash.Fold(payload ^ field.Seed, (ulong)value);
        column.Set(row, value);
        return true;
    }

    private DecimalVerdict ParseNumber(
        in FieldPlan field,
        in Slot slot,
        ReadOnlySpan<byte> text,
        out long value,
        out bool exact
    )
    {
        exact = true;
        var scale = field.Conversion == FieldConversion.Micros ? field.Scale : 0;
        if (slot.Kind != SlotKind.Real)
            return Micros.Parse(text, scale, out value, out exact);
        return scale == Micros.Scale && Micros.TryShort(slot.Real, out value)
            ? DecimalVerdict.Ok
            : Micros.Parse(TextOf(slot, Record.Scratch), scale, out value, out exact);
    }

    private static int YesNo(ReadOnlySpan<byte> text) =>
        text.Length switch
        {
            1 => (text[0] | 0x20) switch
            {
                '1' or 't' or 'y' => 1,
                '0' or 'f' or 'n' => 0,
                _ => -1,
            },
            2 when Ascii.EqualsIgnoreCase(text, "no"u8) => 0,
            3 when Ascii.EqualsIgnoreCase(text, "yes"u8) => 1,
            4 when Ascii.EqualsIgnoreCase(text, "true"u8) => 1,
            5 when Ascii.EqualsIgnoreCase(text, "false"u8) => 0,
            _ => -1,
        };

    /// <summary>A slot as text; numbers that came in binary are written into the record's scratch memory, a double in
    /// its shortest form that reads back the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<byte> TextOf(in Slot slot, ScratchMemory scratch) =>
        slot.Kind is SlotKind.Text or SlotKind.Number or SlotKind.Json ? slot.Span : Written(slot, scratch);

    private static ReadOnlySpan<byte> Written(in Slot slot, ScratchMemory scratch)
    {
        if (slot.Kind is SlotKind.True or SlotKind.False)
            return slot.Kind == SlotKind.True ? "true"u8 : "false"u8;
        if (slot.Kind is not (SlotKind.Integer or SlotKind.TimestampMicros or SlotKind.Real))
            return default;
        var room = new Span<byte>(scratch.Take(NumberTextBytes), NumberTextBytes);
        int written;
        if (slot.Kind == SlotKind.Real)
            slot.Real.TryFormat(room, out written, "R");
        else
            Utf8Formatter.TryFormat(slot.Integer, room, out written);
        return room[..written];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsNull(Slot* slot, bool isId) => !IsOrdinary(slot, isId) && IsNullAfterAll(slot, isId);

    private bool IsNullAfterAll(Slot* slot, bool isId)
    {
        if (slot->Kind <= SlotKind.Null)
            return true;
        if (isId && slot->Kind is SlotKind.Integer or SlotKind.Real)
            return slot->Kind == SlotKind.Integer ? slot->Integer == 0 : slot->Real == 0;
        return slot->Kind is SlotKind.Text or SlotKind.Number
            && (_nulls.Contains(slot->Span) || (isId && NullValues.IsZeroId(slot->Span)));
    }
}
