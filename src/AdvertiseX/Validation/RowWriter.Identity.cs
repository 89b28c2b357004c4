using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AdvertiseX.Columns;
using AdvertiseX.Records;

namespace AdvertiseX.Validation;

/// <summary>Ids, keys and what the record holds beyond its contract.</summary>
internal sealed unsafe partial class RowWriter
{
    private const int IdHexBytes = 32;
    private readonly ExtraJson _extra = new();
    private readonly RecordCopies _extraCopies = new();
    private byte[] _key = new byte[256];
    private int _keyLength;

    private void WriteExtra(KindPlan plan, ColumnBatch batch, int row, int ownId, in RecordBytes at, ref ulong payload)
    {
        foreach (var (slot, isId) in plan.Unwritten)
            if (slot != ownId && !IsNull(Record.Slots + slot, isId) && !IsPlacement(plan, slot))
                Record.AddUnwritten(slot);
        if (Record.Unmapped.Length == 0)
            return;
        var json = _extra.Render(Record);
        if (json.Length == 0)
            return;
        var isWhole = _extraCopies.TryTake(at, json.Length);
        if (isWhole)
            As<TextColumn>(batch, plan.Extra).Set(row, json);
        // The payload is what the feed gave, whether it is kept with this row or with the first of its record.
        FoldExtra(ref payload);
        if (!isWhole && _extra.RenderOwn(Record) is { Length: > 0 } own)
            As<TextColumn>(batch, plan.Extra).Set(row, own);
    }

    // As the id does: by name, without nulls, and the same for 7 and "7".
    private void FoldExtra(ref ulong payload)
    {
        var fields = Record.Unmapped;
        for (var i = 0; i < fields.Length; i++)
        {
            var (name, value) = fields[_extra.FieldAt(i)];
            if (IsNull(&value, isId: false))
                continue;
            var text = value.Kind == SlotKind.Real ? _extra.NumberAt(i) : TextOf(value, Record.Scratch);
            payload = StableHash.Fold(payload ^ Record.UnmappedNames.HashOf(name), StableHash.Hash64(text));
        }
    }

    // The id of the impression on offer stands in the placement's column where the request names no placement.
    private bool IsPlacement(KindPlan plan, int slot) =>
        slot == plan.Imp && (plan.Placement < 0 || Record.Slots[plan.Placement].Kind <= SlotKind.Null);

    private void WriteIdentity(
        KindPlan plan,
        ColumnBatch batch,
        int row,
        int ownId,
        bool isAdjustment,
        ref ulong payload
    )
    {
        if (ownId >= 0)
        {
            payload = StableHash.Fold(payload, SetId(plan, batch, row, TextOf(Record.Slots[ownId], Record.Scratch)));
            return;
        }

        _keyLength = 0;
        var hasUser = plan.User >= 0 && !IsNull(Record.Slots + plan.User, isId: true);
        if (hasUser)
            AddNaturalKey(plan, batch, row, isAdjustment);
        else
            AddWholeRecord(plan, batch, row);
        var key = StableHash.Hash128(_key.AsSpan(0, _keyLength));
        // Where the whole record makes the id, records with one id have one payload.
        if (!hasUser)
            payload = (ulong)key;
        Span<byte> hash = stackalloc byte[IdHexBytes / 2],
            hex = stackalloc byte[IdHexBytes];
        BinaryPrimitives.WriteUInt128BigEndian(hash, key);
        Convert.TryToHexStringLower(hash, hex, out _);
        SetId(plan, batch, row, hex);
    }

    /// <summary>The slot with the event's own id; −1 for none.</summary>
    private int OwnIdSlot(KindPlan plan)
    {
        foreach (var slot in plan.OwnId)
            if (!IsNull(Record.Slots + slot, isId: true))
                return slot;
        return -1;
    }

    private static ulong SetId(KindPlan plan, ColumnBatch batch, int row, ReadOnlySpan<byte> id)
    {
        var hash = StableHash.Hash64(id);
        As<TextColumn>(batch, plan.EventId).Set(row, id);
        As<FixedColumn<long>>(batch, plan.EventKey).Set(row, (long)hash);
        return hash;
    }

    private void AddNaturalKey(KindPlan plan, ColumnBatch batch, int row, bool isAdjustment)
    {
        if (isAdjustment)
        {
            AddAdjustmentKey(plan, batch, row);
            return;
        }

        foreach (var part in plan.NaturalKey)
        {
            if (part == null)
                AddPart(batch[plan.EventTime], row);
            else
                AddPart(FirstOf(part));
        }
    }

    // Parts of one order may be taken back several times: amount and time tell them apart, whatever else is said.
    private void AddAdjustmentKey(KindPlan plan, ColumnBatch batch, int row)
    {
        AddPart("adjustment"u8);
        foreach (var part in plan.AdjustmentKey)
            AddPart(FirstOf(part));
        var revenue = batch[plan.Revenue];
        if (revenue.IsAllocated && revenue.IsValid(row))
            AddPart(revenue, row);
        else
            AddPart(default);
        AddPart(batch[plan.EventTime], row);
    }

    /// <summary>
    /// An event without a user is known by all of its record: name and value of each column that has one, in the
    /// table's order, then of each field in <c>extra</c>, by name, objects and arrays taken apart. Neither the
    /// contract's order nor the format's types enter.
    /// </summary>
    private void AddWholeRecord(KindPlan plan, ColumnBatch batch, int row)
    {
        foreach (var (name, ordinal) in plan.Payload)
        {
            var column = batch[ordinal];
            if (!column.IsAllocated || !column.IsValid(row))
                continue;
            AddPart(name);
            AddPart(column, row);
        }

        var fields = Record.Unmapped;
        if (HasNested(fields))
        {
            AddFlattened(fields);
            return;
        }

        for (var i = 0; i < fields.Length; i++)
        {
            var (name, value) = fields[_extra.FieldAt(i)];
            if (IsNull(&value, isId: false))
                continue;
            AddPart(Record.UnmappedNames[name]);
            AddPart(TextOf(value, Record.Scratch));
        }
    }

    private static bool HasNested(ReadOnlySpan<UnmappedField> fields)
    {
        foreach (ref readonly var field in fields)
            if (field.Value.Kind == SlotKind.Json)
                return true;
        return false;
    }

    private void AddFlattened(ReadOnlySpan<UnmappedField> fields)
    {
        _flat.Clear();
        foreach (var (name, value) in fields)
        {
            if (value.Kind == SlotKind.Json)
                _flat.AddJson(Record.UnmappedNames[name], value.Span);
            else if (!IsNull(&value, isId: false))
                _flat.Add(Record.UnmappedNames[name], TextOf(value, Record.Scratch));
        }

        _flat.Sort();
        for (var i = 0; i < _flat.Count; i++)
        {
            AddPart(_flat.NameAt(i));
            AddPart(_flat.ValueAt(i));
        }
    }

    // A time is 8 bytes of micros, a number 8 bytes, yes and no one byte of 1 and 0, text its bytes.
    private void AddPart(Column column, int row)
    {
        switch (column)
        {
            case TextColumn text:
                AddPart(text.Get(row));
                break;
            case DictionaryColumn text:
                AddPart(text.Get(row));
                break;
            case FixedColumn<long> number:
                AddPart(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(number.Values + row, 1)));
                break;
            case FixedColumn<byte> flag:
                AddPart(new ReadOnlySpan<byte>(flag.Values + row, 1));
                break;
            default:
                throw new InvalidOperationException($"no feed gives a value to {column.Definition.Name}");
        }
    }

    private ReadOnlySpan<byte> FirstOf((int Slot, bool IsId)[] slots)
    {
        foreach (var (slot, isId) in slots)
            if (!IsNull(Record.Slots + slot, isId))
                return TextOf(Record.Slots[slot], Record.Scratch);
        return default;
    }

    // Each part's length (4 bytes, little-endian) and its bytes.
    private void AddPart(ReadOnlySpan<byte> part)
    {
        var needed = _keyLength + sizeof(int) + part.Length;
        if (needed > _key.Length)
            Array.Resize(ref _key, needed * 2);
        BinaryPrimitives.WriteInt32LittleEndian(_key.AsSpan(_keyLength), part.Length);
        part.CopyTo(_key.AsSpan(_keyLength + sizeof(int)));
        _keyLength = needed;
    }
}
