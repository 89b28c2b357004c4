using System.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Records;

namespace AdvertiseX.Decoding.Json;

/// <summary>
/// The slow path: one record byte by byte, with nothing guessed and every read checked. What it says is right; the fast
/// reader must agree. The bytes are valid UTF-8. Not thread-safe.
/// </summary>
internal sealed unsafe class PlainJsonReader
{
    private byte* _start;
    private byte* _p;
    private byte* _end;
    private RecordSlots _record = null!;

    /// <summary>The array whose elements make rows, as it lies in the record; null if there is none.</summary>
    public byte* ExplodeFrom { get; private set; }

    public byte* ExplodeTo { get; private set; }

    public FieldNode? ExplodeNode { get; private set; }

    /// <summary>What should have stood where reading stopped.</summary>
    public string Expected { get; private set; } = "";

    /// <summary>What stood there, and where in the record.</summary>
    public string Found =>
        _p < _end
            ? $"{(*_p is > 0x20 and < 0x7F ? $"'{(char)*_p}'" : $"0x{*_p:x2}")} at byte {_p - _start}"
            : $"end at byte {_end - _start}";

    /// <summary>Reads one object into the record; false if the bytes are no object.</summary>
    public bool Read(byte* start, byte* end, FieldNode root, RecordSlots record)
    {
        Begin(start, end, record);
        SkipWhite();
        if (!At('{'))
            return Fail("JSON object");
        if (!ReadObject(root, 1))
            return false;
        SkipWhite();
        return _p == _end || Fail("end of record");
    }

    /// <summary>Reads one element of an array whose elements make rows. The bytes are valid.</summary>
    public void ReadElement(byte* start, byte* end, FieldNode node, RecordSlots record)
    {
        Begin(start, end, record);
        ReadValue(new Target(node, node, []), 2, explodes: false);
    }

    private void Begin(byte* start, byte* end, RecordSlots record)
    {
        _start = _p = start;
        _end = end;
        _record = record;
        ExplodeFrom = ExplodeTo = null;
        ExplodeNode = null;
    }

    private bool ReadObject(FieldNode node, int depth)
    {
        if (depth > JsonLimits.MaxDepth)
            return Fail($"at most {JsonLimits.MaxDepth} levels");
        _p++;
        SkipWhite();
        if (At('}'))
            return Step();
        while (true)
        {
            if (
                !ReadKey(out var key)
                || !ReadValue(new Target(SourcePaths.Find(node, key), node, key), depth + 1, explodes: true)
            )
                return false;
            SkipWhite();
            if (At('}'))
                return Step();
            if (!At(','))
                return Fail("',' or '}'");
            _p++;
            SkipWhite();
        }
    }

    private bool ReadKey(out ReadOnlySpan<byte> key)
    {
        key = default;
        if (!At('"'))
            return Fail("key");
        if (!ReadString(out var slot))
            return false;
        key = slot.Span;
        SkipWhite();
        if (!At(':'))
            return Fail("':'");
        _p++;
        SkipWhite();
        return true;
    }

    private bool ReadValue(Target target, int depth, bool explodes)
    {
        var node = target.Node;
        var from = _p;
        if (At('{'))
        {
            if (node is { HasChildren: true })
                return ReadObject(node, depth);
            return Skip(depth) && StoreJson(target, from);
        }

        if (At('['))
        {
            if (!Skip(depth))
                return false;
            if (node == null || (!node.HasChildren && !node.Explodes))
                return StoreJson(target, from);
            if (node.Explodes && explodes)
                return Explode(node, from);
            return node.HasChildren && OnlyObject(from) is var inner && inner != null
                ? ReadInner(node, inner, depth)
                : StoreJson(target, from);
        }

        return ReadScalar(out var slot) && Store(target, slot);
    }

    private bool Explode(FieldNode node, byte* from)
    {
        ExplodeNode = node;
        ExplodeFrom = from;
        ExplodeTo = _p;
        return true;
    }

    /// <summary>The object of an array that holds exactly one, else null. The array is valid and ends before the
    /// cursor.</summary>
    private byte* OnlyObject(byte* array)
    {
        var after = _p;
        byte* found = null;
        _p = array + 1;
        SkipWhite();
        if (At('{'))
        {
            found = _p;
            Skip(1);
            SkipWhite();
            if (!At(']'))
                found = null;
        }

        _p = after;
        return found;
    }

    private bool ReadInner(FieldNode node, byte* inner, int depth)
    {
        var after = _p;
        _p = inner;
        if (!ReadObject(node, depth + 1))
            return false;
        _p = after;
        return true;
    }

    private bool ReadScalar(out Slot slot)
    {
        slot = default;
        if (At('"'))
            return ReadString(out slot);
        if (Word("null"u8))
            slot.Kind = SlotKind.Null;
        else if (Word("true"u8))
            slot.Kind = SlotKind.True;
        else if (Word("false"u8))
            slot.Kind = SlotKind.False;
        else
            return ReadNumber(out slot);
        return true;
    }

    private bool ReadNumber(out Slot slot)
    {
        slot = default;
        var from = _p;
        if (At('-'))
            _p++;
        if (At('0'))
            _p++;
        else if (!Digits())
            return Fail("value");
        if (At('.'))
        {
            _p++;
            if (!Digits())
                return Fail("digit");
        }

        if (At('e') || At('E'))
        {
            _p++;
            if (At('+') || At('-'))
                _p++;
            if (!Digits())
                return Fail("digit");
        }

        slot.SetText(SlotKind.Number, 0, from, (int)(_p - from));
        return true;
    }

    private bool Digits()
    {
        var from = _p;
        while (_p < _end && JsonText.IsDigit(*_p))
            _p++;
        return _p > from;
    }

    private bool ReadString(out Slot slot)
    {
        slot = default;
        var from = _p + 1;
        var escaped = false;
        for (_p = from; !At('"'); _p++)
        {
            if (_p >= _end || *_p < 0x20)
                return Fail("end of string");
            if (*_p != '\\')
                continue;
            escaped = true;
            if (!CheckEscape())
                return Fail("escape");
        }

        slot.SetText(SlotKind.Text, 0, from, (int)(_p - from));
        if (escaped)
            Unescape(ref slot);
        _p++;
        return true;
    }

    /// <summary>Leaves the cursor on the last byte of the escape.</summary>
    private bool CheckEscape()
    {
        _p++;
        if (_p >= _end)
            return false;
        if ("\"\\/bfnrt"u8.Contains(*_p))
            return true;
        if (*_p != 'u')
            return false;
        for (var i = 0; i < 4; i++)
        {
            _p++;
            if (_p >= _end || !char.IsAsciiHexDigit((char)*_p))
                return false;
        }

        return true;
    }

    private void Unescape(ref Slot slot)
    {
        var room = slot.Length + 1 + JsonText.UnescapeSlack;
        var target = _record.Scratch.Take(room);
        JsonText.Unescape(slot.Pointer, slot.Pointer + slot.Length + 1, target, out var length);
        _record.Scratch.GiveBack(room - length);
        slot.SetText(SlotKind.Text, 0, target, length);
    }

    /// <summary>Passes over a value of any kind and checks it.</summary>
    private bool Skip(int depth)
    {
        if (!At('{') && !At('['))
            return ReadScalar(out _);
        if (depth > JsonLimits.MaxDepth)
            return Fail($"at most {JsonLimits.MaxDepth} levels");
        var isObject = At('{');
        var close = isObject ? '}' : ']';
        _p++;
        SkipWhite();
        if (At(close))
            return Step();
        while (true)
        {
            if ((isObject && !ReadKey(out _)) || !Skip(depth + 1))
                return false;
            SkipWhite();
            if (At(close))
                return Step();
            if (!At(','))
                return Fail($"',' or '{close}'");
            _p++;
            SkipWhite();
        }
    }

    private bool StoreJson(Target target, byte* from)
    {
        var length = (int)(_p - from);
        var minified = _record.Scratch.Take(length);
        var kept = JsonText.Minify(from, _p, minified);
        _record.Scratch.GiveBack(length - kept);
        var slot = default(Slot);
        slot.SetText(SlotKind.Json, 0, minified, kept);
        return Store(target, slot);
    }

    private bool Store(Target target, Slot slot)
    {
        if (target.Node is { Slot: >= 0 } node)
        {
            slot.Rank = node.Rank;
            _record.Set(node, slot);
            return true;
        }

        var name =
            target.Key.IsEmpty && target.Node == target.Parent
                ? _record.UnmappedName(Encoding.UTF8.GetBytes(target.Parent.Path))
                : SourcePaths.UnmappedName(_record, target.Parent, target.Key);
        _record.AddUnmapped(name, slot);
        return true;
    }

    private bool Word(ReadOnlySpan<byte> word)
    {
        if (_end - _p < word.Length || !new ReadOnlySpan<byte>(_p, word.Length).SequenceEqual(word))
            return false;
        _p += word.Length;
        return true;
    }

    private bool At(char c) => _p < _end && *_p == c;

    private bool Step()
    {
        _p++;
        return true;
    }

    private void SkipWhite() => _p = JsonText.SkipWhite(_p, _end);

    private bool Fail(string expected)
    {
        Expected = expected;
        return false;
    }

    /// <summary>Where a value goes: its node if the contract knows it, else its key under the parent.</summary>
    private readonly ref struct Target(FieldNode? node, FieldNode parent, ReadOnlySpan<byte> key)
    {
        public readonly FieldNode? Node = node;
        public readonly FieldNode Parent = parent;
        public readonly ReadOnlySpan<byte> Key = key;
    }
}
