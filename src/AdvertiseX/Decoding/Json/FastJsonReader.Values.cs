using System.Runtime.CompilerServices;
using AdvertiseX.Contracts;
using AdvertiseX.Records;

namespace AdvertiseX.Decoding.Json;

internal sealed unsafe partial class FastJsonReader
{
    private const uint True = 0x65757274,
        Null = 0x6c6c756e,
        Fals = 0x736c6166;

    /// <summary>Reads a value that is no string; returns what follows it, or null.</summary>
    private byte* ReadOther(ObjectShape shape, KeyEntry* key, byte* p, int depth)
    {
        var c = *p;
        if (c is (byte)'{' or (byte)'[')
            return key->Branches ? ReadBranch(shape, key, p, depth + 1) : ReadJson(shape, key, p, depth + 1);

        if (c < 'A')
        {
            var numberEnd = JsonText.NumberEnd(p, _end);
            if (numberEnd != null)
                Store(shape, key, SlotKind.Number, p, (int)(numberEnd - p));
            return numberEnd;
        }

        var word = Unsafe.ReadUnaligned<uint>(p);
        if (word == True)
            Store(shape, key, SlotKind.True, null, 0);
        else if (word == Null)
            Store(shape, key, SlotKind.Null, null, 0);
        else if (word == Fals && p[4] == 'e')
            Store(shape, key, SlotKind.False, null, 0);
        else
            return null;
        return p + (word == Fals ? 5 : 4);
    }

    /// <summary>A value with escapes goes to scratch memory.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* ReadEscapedText(ObjectShape shape, KeyEntry* key, byte* p)
    {
        var room = (int)(_end - p) + JsonText.UnescapeSlack;
        var text = _record.Scratch.Take(room);
        var close = JsonText.Unescape(p, _end, text, out var length);
        if (close == null)
            return null;
        _record.Scratch.GiveBack(room - length);
        Store(shape, key, SlotKind.Text, text, length);
        return close + 1;
    }

    /// <summary>An object or array of a key that has nothing inside that the contract knows.</summary>
    private byte* ReadJson(ObjectShape shape, KeyEntry* key, byte* p, int depth)
    {
        var plain = true;
        var after = JsonValue.End(p, _end, depth, ref plain);
        if (after == null || after > _end)
            return null;
        var length = (int)(after - p);
        if (plain)
        {
            Store(shape, key, SlotKind.Json, p, length);
            return after;
        }

        var minified = _record.Scratch.Take(length);
        var kept = JsonText.Minify(p, after, minified);
        _record.Scratch.GiveBack(length - kept);
        Store(shape, key, SlotKind.Json, minified, kept);
        return after;
    }

    /// <summary>An object or array of a key that has.</summary>
    private byte* ReadBranch(ObjectShape shape, KeyEntry* key, byte* p, int depth)
    {
        var node = shape.NodeOf(key)!;
        if (*p == '{')
        {
            if (!node.HasChildren)
                return ReadJson(shape, key, p, depth);
            return depth > JsonLimits.MaxDepth ? null : ReadObject(shape.ChildOf(key), p + 1, depth);
        }

        if (node.Explodes)
        {
            var plain = true;
            var after = JsonValue.End(p, _end, depth, ref plain);
            if (after == null || after > _end)
                return null;
            ExplodeNode = node;
            ExplodeFrom = p;
            ExplodeTo = after;
            return after;
        }

        return ReadWrapped(shape, key, p, depth);
    }

    /// <summary>Looks through an array of exactly one object.</summary>
    private byte* ReadWrapped(ObjectShape shape, KeyEntry* key, byte* p, int depth)
    {
        var inner = JsonText.SkipWhite(p + 1, _end);
        if (*inner != '{')
            return ReadJson(shape, key, p, depth);
        var plain = true;
        var after = JsonValue.End(inner, _end, depth + 1, ref plain);
        if (after == null)
            return null;
        after = JsonText.SkipWhite(after, _end);
        if (after >= _end)
            return null;
        if (*after != ']')
            return ReadJson(shape, key, p, depth);
        return ReadObject(shape.ChildOf(key), inner + 1, depth + 1) == null ? null : after + 1;
    }
}
