using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Contracts;

namespace AdvertiseX.Records;

/// <summary>
/// The record at hand as a decoder found it: one <see cref="Slot"/> per field that the contract knows, and the rest by
/// name. A decoder calls <see cref="Clear"/>, sets slots and unmapped fields, and hands the record to the row writer.
/// One per decoding thread; not thread-safe.
/// </summary>
internal sealed unsafe class RecordSlots : IDisposable
{
    /// <summary>The most rows that one record can make.</summary>
    public const int MaxRows = 10_000;

    /// <summary>The most bytes that the texts which all rows of a record share may have in all rows
    /// together.</summary>
    public const int MaxSharedTextBytes = 4 << 20;

    private readonly CompiledContract _contract;
    private readonly NativeBuffer _buffer;
    private readonly NativeBuffer _saved;
    private readonly List<UnmappedField> _unmapped = [];
    private readonly List<long> _unmappedCounts = [0];
    private int _savedUnmapped;
    private bool _isSaved;

    public RecordSlots(CompiledContract contract)
    {
        _contract = contract;
        Count = contract.SlotCount;
        _buffer = NativePool.Rent((long)Count * sizeof(Slot));
        _saved = NativePool.Rent((long)Count * sizeof(Slot));
        Slots = (Slot*)_buffer.Pointer;
        Clear();
    }

    /// <summary>The slots, numbered as the contract's <see cref="FieldNode.Slot"/>.</summary>
    public Slot* Slots { get; }

    public int Count { get; }

    /// <summary>Rows that the record may make, by what they share; set by <see cref="Save"/>.</summary>
    public int RowsAllowed { get; private set; }

    /// <summary>Memory for values that are not in the block as they are; reset by <see cref="Clear"/>.</summary>
    public ScratchMemory Scratch { get; } = new();

    /// <summary>Paths of fields that no contract names, seen since the writer last took their counts.</summary>
    public TextDictionary UnmappedNames { get; } = new();

    /// <summary>Fields of this record that no contract names, in the order found.</summary>
    public ReadOnlySpan<UnmappedField> Unmapped => CollectionsMarshal.AsSpan(_unmapped);

    /// <summary>Starts a new record.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Clear()
    {
        NativeMemory.Clear(Slots, (nuint)(Count * sizeof(Slot)));
        if (_unmapped.Count > 0)
            _unmapped.Clear();
        _isSaved = false;
        Scratch.Reset();
    }

    /// <summary>
    /// Sets the slot of a node. Where several spellings of one field stand in a record, the first choice that is not
    /// null wins; the other is kept as an unmapped field. The same spelling twice: the last wins, as JSON parsers have
    /// it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(FieldNode node, in Slot value)
    {
        var slot = Slots + node.Slot;
        if (slot->Kind == SlotKind.Absent)
            *slot = value;
        else
            SetAgain(slot, node, value);
    }

    /// <summary>The code of an unmapped field's dotted path, for <see cref="AddUnmapped"/>; a decoder remembers
    /// it.</summary>
    public int UnmappedName(ReadOnlySpan<byte> path)
    {
        fixed (byte* p = path)
        {
            var code = UnmappedNames.CodeOf(p, path.Length, StableHash.Hash64(p, path.Length));
            while (_unmappedCounts.Count <= code)
                _unmappedCounts.Add(0);
            return code;
        }
    }

    public void AddUnmapped(int name, in Slot value) => Add(name, value, isShared: false);

    /// <summary>Adds a field that the contract names and the row has no column for; it is not counted as
    /// unmapped.</summary>
    internal void AddUnwritten(int slot) =>
        _unmapped.Add(
            new UnmappedField(
                UnmappedName(Encoding.UTF8.GetBytes(_contract.PathOf(slot, Slots[slot].Rank))),
                Slots[slot],
                IsSaved(slot, Slots[slot])
            )
        );

    /// <summary>Remembers the record so far; <see cref="Restore"/> returns to it. For records that make several
    /// rows.</summary>
    public void Save()
    {
        NativeMemory.Copy(Slots, _saved.Pointer, (nuint)(Count * sizeof(Slot)));
        _savedUnmapped = _unmapped.Count;
        _isSaved = true;
        long texts = 0;
        for (var i = 0; i < Count; i++)
            if (Slots[i].Kind is SlotKind.Text or SlotKind.Number or SlotKind.Json)
                texts += Slots[i].Length;
        RowsAllowed = (int)Math.Min(MaxRows, MaxSharedTextBytes / Math.Max(1, texts));
        foreach (ref var field in CollectionsMarshal.AsSpan(_unmapped))
            field = field with { IsShared = true };
    }

    public void Restore()
    {
        NativeMemory.Copy(_saved.Pointer, Slots, (nuint)(Count * sizeof(Slot)));
        CollectionsMarshal.SetCount(_unmapped, _savedUnmapped);
    }

    /// <summary>Takes back the record at hand, what it added to the counts too: it is no record, or will be read
    /// again.</summary>
    public void Discard()
    {
        Uncount(0);
        Clear();
    }

    /// <summary>Takes back what came since <see cref="Save"/>, counts too.</summary>
    public void DiscardSinceSave()
    {
        Uncount(_savedUnmapped);
        Restore();
    }

    /// <summary>Adds how often each unmapped field was seen since the last call to <paramref name="counts"/>.</summary>
    public void TakeUnmappedCounts(IDictionary<string, long> counts)
    {
        for (var code = 1; code < _unmappedCounts.Count; code++)
        {
            if (_unmappedCounts[code] == 0)
                continue;
            var name = Encoding.UTF8.GetString(UnmappedNames[code]);
            counts[name] = (counts.TryGetValue(name, out var n) ? n : 0) + _unmappedCounts[code];
            _unmappedCounts[code] = 0;
        }
    }

    public void Dispose()
    {
        _buffer.Dispose();
        _saved.Dispose();
        Scratch.Dispose();
        UnmappedNames.Dispose();
    }

    private void Add(int name, in Slot value, bool isShared)
    {
        _unmapped.Add(new UnmappedField(name, value, isShared));
        _unmappedCounts[name]++;
    }

    // Whether the slot had the value before the rows of the record were told apart.
    private bool IsSaved(int slot, in Slot value)
    {
        var saved = (Slot*)_saved.Pointer + slot;
        return _isSaved
            && saved->Kind == value.Kind
            && saved->Length == value.Length
            && saved->Integer == value.Integer;
    }

    private void Uncount(int from)
    {
        for (var i = from; i < _unmapped.Count; i++)
            _unmappedCounts[_unmapped[i].Name]--;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SetAgain(Slot* slot, FieldNode node, in Slot value)
    {
        if (value.Kind == SlotKind.Null && value.Rank != slot->Rank)
            return;
        var replaces = slot->Kind == SlotKind.Null || value.Rank <= slot->Rank;
        var loser = replaces ? *slot : value;
        if (loser.Rank != (replaces ? value.Rank : slot->Rank) && loser.Kind != SlotKind.Null)
            Add(
                UnmappedName(Encoding.UTF8.GetBytes(_contract.PathOf(node.Slot, loser.Rank))),
                loser,
                IsSaved(node.Slot, loser)
            );
        if (replaces)
            *slot = value;
    }
}
