using System.Runtime.CompilerServices;
using AdvertiseX.Contracts;
using AdvertiseX.Records;

namespace AdvertiseX.Decoding.Json;

/// <summary>
/// The fast path: reads a record on the guess that its keys come in the order of the record before. It reads only what
/// is plainly right and says no to everything else (then the <see cref="PlainJsonReader"/> decides); what it reads,
/// that reader would read alike. The bytes are valid UTF-8.
/// <para>Memory: up to 64 bytes past the record may be read. A number must not be able to run on past the end, so the
/// byte at the end is a line end or the byte before it a closing brace; every other step checks against the end.</para>
/// Not thread-safe.
/// </summary>
internal sealed unsafe partial class FastJsonReader(FieldNode root) : IDisposable
{
    private readonly ObjectShape _root = new(root);
    private ObjectShape? _element;
    private RecordSlots _record = null!;
    private Slot* _slots;
    private byte* _end;
    private byte* _afterKey;

    /// <summary>The array whose elements make rows, as it lies in the record; null if there is none.</summary>
    public byte* ExplodeFrom { get; private set; }

    public byte* ExplodeTo { get; private set; }

    public FieldNode? ExplodeNode { get; private set; }

    /// <summary>Says which record is filled; remembered names are that record's.</summary>
    public void Bind(RecordSlots record)
    {
        if (_record == record)
            return;
        _record = record;
        _slots = record.Slots;
        _root.ForgetNames();
        _element?.ForgetNames();
    }

    /// <summary>Reads one object into the record; false if anything is unusual. The record may then be half
    /// filled.</summary>
    public bool Read(byte* p, byte* end)
    {
        if (end <= p || (*end >= 0x20 && end[-1] != '}'))
            return false;
        _end = end;
        ExplodeFrom = null;
        if (*p <= ' ')
            p = JsonText.SkipWhite(p, end);
        if (*p != '{')
            return false;
        p = ReadObject(_root, p + 1, 1);
        if (p == null || p > end)
            return false;
        return p == end || JsonText.SkipWhite(p, end) == end;
    }

    /// <summary>Reads one element of an array whose elements make rows; false if it is no object of the usual
    /// kind.</summary>
    public bool ReadElement(FieldNode node, byte* p, byte* end)
    {
        if (*p != '{' || !node.HasChildren)
            return false;
        _end = end;
        if (_element?.Node != node)
        {
            _element?.Dispose();
            _element = new ObjectShape(node);
        }

        ExplodeFrom = null;
        return ReadObject(_element, p + 1, 2) == end && ExplodeFrom == null;
    }

    public void Dispose()
    {
        _root.Dispose();
        _element?.Dispose();
    }

    /// <summary>Reads from after the opening brace; returns what follows the closing one, or null.</summary>
    private byte* ReadObject(ObjectShape shape, byte* p, int depth)
    {
        var end = _end;
        var entries = shape.Entries;
        KeyEntry* key = null;
        var guess = shape.First;
        if (*p <= ' ')
            p = JsonText.SkipWhite(p, end);
        if (*p == '}')
            return p + 1;
        while (true)
        {
            var guessed = entries + guess;
            if (shape.Matches(p, guessed, end))
            {
                key = guessed;
                p += guessed->Length;
            }
            else
            {
                key = Search(shape, key, guessed, p);
                if (key == null)
                    return null;
                p = _afterKey;
            }

            if (*p <= ' ')
                p = JsonText.SkipWhite(p, end);
            if (p >= end)
                return null;
            p = *p == '"' ? ReadText(shape, key, p + 1, end) : ReadOther(shape, key, p, depth);
            if (p == null)
                return null;
            if (*p <= ' ')
                p = JsonText.SkipWhite(p, end);
            if (*p != ',')
                return *p == '}' ? p + 1 : null;
            p++;
            if (*p <= ' ')
                p = JsonText.SkipWhite(p, end);
            if (p >= end)
                return null;
            guess = key->Next;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* ReadText(ObjectShape shape, KeyEntry* key, byte* p, byte* end)
    {
        var close = JsonText.StringEnd(p, end);
        if (close >= end)
            return null;
        if (*close != '"')
            return ReadEscapedText(shape, key, p);
        Store(shape, key, SlotKind.Text, p, (int)(close - p));
        return close + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(ObjectShape shape, KeyEntry* key, SlotKind kind, byte* p, int length)
    {
        if (key->Slot >= 0)
        {
            var slot = _slots + key->Slot;
            if (slot->Kind == SlotKind.Absent)
            {
                slot->SetText(kind, key->Rank, p, length);
                return;
            }
        }

        StoreRarely(shape, key, kind, p, length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void StoreRarely(ObjectShape shape, KeyEntry* key, SlotKind kind, byte* p, int length)
    {
        var slot = default(Slot);
        slot.SetText(kind, key->Rank, p, length);
        if (key->Slot >= 0)
            _record.Set(shape.NodeOf(key)!, slot);
        else
            _record.AddUnmapped(shape.NameOf(key, _record), slot);
    }

    /// <summary>The guess was wrong: the guessed key may have been left out this time, or the order is another. Leaves
    /// <see cref="_afterKey"/> after the colon; null if there is no plain key.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private KeyEntry* Search(ObjectShape shape, KeyEntry* previous, KeyEntry* guessed, byte* p)
    {
        var afterGuessed = shape.Entries + guessed->Next;
        if (shape.Matches(p, afterGuessed, _end))
        {
            _afterKey = p + afterGuessed->Length;
            return afterGuessed;
        }

        if (*p != '"')
            return null;
        var close = JsonText.StringEnd(p + 1, _end);
        if (close >= _end || *close != '"')
            return null;
        var colon = JsonText.SkipWhite(close + 1, _end);
        if (colon >= _end || *colon != ':')
            return null;
        var found = shape.Find(new ReadOnlySpan<byte>(p + 1, (int)(close - p - 1)));
        _afterKey = colon + 1;
        if (previous == null)
            shape.First = found->Index;
        else
            previous->Next = found->Index;
        return found;
    }
}
