using System.Runtime.InteropServices;
using AdvertiseX.Records;

namespace AdvertiseX.Decoding.Avro;

/// <summary>
/// Walks one datum after another by a slot plan: values that the contract knows go into their slots, what it does not
/// know goes by name among the unmapped. No object and no string per record. Not thread-safe.
/// </summary>
internal sealed unsafe partial class AvroSlotDecoder(AvroSlotStep root)
{
    /// <summary>The longest key of a map that is taken for a field's name.</summary>
    private const int MaxNameBytes = 256;

    private readonly Utf8Output _text = new();
    private RecordSlots _record = null!;
    private byte* _items;
    private long _itemCount;
    private AvroSlotStep? _itemsStep;
    private AvroSlotStep? _faulted;

    /// <summary>Whether the compiled program may be used; the plain walk gives the same.</summary>
    public bool Fast { get; set; } = true;

    /// <summary>Rows that the record makes: the items of its exploding array, else one.</summary>
    public int Rows => HasItems ? (int)_itemCount : 1;

    /// <summary>Whether the rows are items still to be read.</summary>
    public bool HasItems => _itemsStep is not null && _itemCount > 0;

    /// <summary>Path of the field that lost the record at hand; empty if it is the whole.</summary>
    public ReadOnlySpan<byte> FaultedPath => _faulted is null ? [] : _faulted.Path.Utf8;

    /// <summary>Takes the slots that records go into; names of unmapped fields are asked for anew.</summary>
    public void Use(RecordSlots record)
    {
        if (ReferenceEquals(_record, record))
            return;
        _record = record;
        Forget(root);
    }

    /// <summary>Reads the datum at the cursor into cleared slots, but for the items of an exploding array.</summary>
    public void Read(ref AvroCursor cursor)
    {
        _record.Clear();
        _itemCount = 0;
        _itemsStep = null;
        _faulted = null;
        if (!Fast || !BitConverter.IsLittleEndian || !TryProgram(ref cursor))
            Run(ref cursor, root);
        if (!HasItems)
            return;
        _record.Save();
        if (_itemCount > _record.RowsAllowed)
            LoseItems(ref cursor, _itemsStep!);
    }

    /// <summary>Adds the next item of the exploding array to the record's other slots; the first call starts with the
    /// first.</summary>
    /// <param name="items">Set by <see cref="StartItems"/>; goes on from call to call.</param>
    /// <param name="row">Number of the row, from 0.</param>
    public void ReadItem(ref AvroItems items, int row)
    {
        if (!HasItems)
            return;
        if (row > 0)
            _record.Restore();
        while (items.Left == 0 && items.Cursor.Fault == AvroFault.None)
        {
            items.Left = items.Cursor.Count(0, out _);
            if (items.Left == 0)
                return;
        }

        items.Left--;
        Run(ref items.Cursor, _itemsStep!);
    }

    /// <summary>A walk over the items of the record at hand.</summary>
    public AvroItems StartItems(in AvroCursor record) => new(_items, record.At, record.Work);

    private void Run(ref AvroCursor cursor, AvroSlotStep step)
    {
        switch (step.Action)
        {
            case AvroSlotAction.Scalar:
                Scalar(ref cursor, step);
                break;
            case AvroSlotAction.Union:
                var branch = cursor.Index(step.Steps.Length);
                if (cursor.Fault == AvroFault.None)
                    Run(ref cursor, step.Steps[branch]);
                break;
            case AvroSlotAction.Record:
                Record(ref cursor, step);
                break;
            case AvroSlotAction.Json:
                Json(ref cursor, step);
                break;
            case AvroSlotAction.Map:
                Map(ref cursor, step);
                break;
            case AvroSlotAction.Single:
                Single(ref cursor, step);
                break;
            case AvroSlotAction.Explode:
                Explode(ref cursor, step);
                break;
            default:
                AvroSkip.Value(ref cursor, step.Node);
                break;
        }
    }

    private void Record(ref AvroCursor cursor, AvroSlotStep step)
    {
        foreach (var field in step.Steps)
        {
            if (cursor.Fault != AvroFault.None)
                return;
            Run(ref cursor, field);
        }

        foreach (var (binary, field) in step.Defaults)
        {
            var pinned = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(binary, 0);
            var own = new AvroCursor(pinned, pinned + binary.Length, cursor.Work);
            Run(ref own, field);
            cursor.Work = own.Work;
        }
    }

    private void Json(ref AvroCursor cursor, AvroSlotStep step)
    {
        _text.Clear();
        var start = cursor;
        AvroJson.Value(ref cursor, step.Node, _text);
        if (_text.Overflowed && cursor.Work >= 0)
        {
            // One value too large to render costs its record; the rest of the block can still be walked.
            start.Work = cursor.Work;
            cursor = start;
            AvroSkip.Value(ref cursor, step.Node);
            Lose(ref cursor, step, AvroFault.TooLarge);
            return;
        }

        NoteFault(in cursor, step);
        if (cursor.Fault != AvroFault.None)
            return;
        var value = default(Slot);
        if (_text.Written.SequenceEqual("null"u8))
            value.Kind = SlotKind.Null;
        else
            Keep(SlotKind.Json, ref value);
        Deliver(step, ref value);
    }

    private void Map(ref AvroCursor cursor, AvroSlotStep step)
    {
        var item = step.Node.Item!;
        while (cursor.Count(1 + item.MinBytes, out _) is > 0 and var count)
        {
            for (long i = 0; i < count && cursor.Fault == AvroFault.None && cursor.Spend(16); i++)
            {
                var key = cursor.Bytes(out var length);
                var name = new ReadOnlySpan<byte>(key, length);
                if (!System.Text.Unicode.Utf8.IsValid(name))
                    Lose(ref cursor, step, AvroFault.BadText);
                else if (step.Target!.Find(name) is { } known)
                    Run(ref cursor, step.Keys[known]);
                else
                    Unknown(ref cursor, step, name);
            }
        }
    }

    /// <summary>An entry of a map that the contract has no name for: its path is the map's and its key.</summary>
    private void Unknown(ref AvroCursor cursor, AvroSlotStep map, ReadOnlySpan<byte> key)
    {
        if (key.Length > MaxNameBytes)
        {
            AvroSkip.Value(ref cursor, map.Node.Item!);
            Lose(ref cursor, map, AvroFault.TooLarge);
            return;
        }

        var prefix = map.Path.Utf8;
        Span<byte> path = stackalloc byte[512];
        if (prefix.Length + 1 + key.Length > path.Length)
            path = new byte[prefix.Length + 1 + key.Length];
        prefix.CopyTo(path);
        path[prefix.Length] = (byte)'.';
        key.CopyTo(path[(prefix.Length + 1)..]);
        var start = prefix.Length == 0 ? 1 : 0;
        map.OtherKeys!.Path.UnmappedName = _record.UnmappedName(path[start..(prefix.Length + 1 + key.Length)]);
        Run(ref cursor, map.OtherKeys);
    }
}
