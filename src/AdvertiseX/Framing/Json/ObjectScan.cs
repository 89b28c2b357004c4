using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AdvertiseX.Framing.Json;

/// <summary>
/// Follows one JSON object to its closing brace, 64 bytes at a time, and can stop and go on anywhere. It knows strings, brackets and
/// which bytes may stand outside strings, not the whole grammar: what it calls closed may still not parse, what it calls damaged
/// never would. Damage is
/// <list type="bullet">
/// <item>a control character inside a string, or outside a byte that no JSON has there (so a missing quote shows within a few bytes);</item>
/// <item>a bracket closed by the other kind;</item>
/// <item>in an object, an opening bracket that no colon precedes (so a missing brace shows at the next object); in an array, one that
/// neither comma nor opening bracket precedes.</item>
/// </list>
/// Reads up to 64 bytes past the end it is given.
/// </summary>
internal unsafe struct ObjectScan
{
    public enum Status
    {
        /// <summary>The end was reached inside the object.</summary>
        Open,
        Closed,
        Damaged,
    }

    private ulong _inString;
    private ulong _arrays;
    private int _depth;
    private bool _escapes;
    private byte _before;
    private byte* _runStart;

    /// <summary>After <see cref="Status.Closed"/> what follows the object, after <see cref="Status.Damaged"/> the byte at fault.</summary>
    public byte* Stopped { get; set; }

    /// <summary>Goes on from <paramref name="p"/>; the first call gets the opening brace.</summary>
    public Status Run(byte* p, byte* end)
    {
        _runStart = p;
        for (; p < end; p += 64)
        {
            int count = (int)Math.Min(64, end - p);
            ulong valid = count == 64 ? ulong.MaxValue : (1UL << count) - 1;
            var masks = Classify(p);
            ulong backslashes = masks.Backslashes & valid;
            ulong quotes = masks.Quotes & valid;
            if (backslashes != 0 || _escapes) quotes &= ~Escaped(backslashes, count);
            ulong inString = PrefixXor(quotes) ^ _inString;
            ulong outside = ~inString & ~quotes & valid;
            ulong bad = (masks.Controls & inString & valid) | (masks.Foreign & outside);
            ulong brackets = masks.Brackets & outside;
            if (bad != 0) brackets &= (bad & (0 - bad)) - 1;
            var status = brackets == 0 ? Status.Open : Follow(p, brackets);
            if (status != Status.Open) return status;
            if (bad != 0) return Stop(Status.Damaged, p + BitOperations.TrailingZeroCount(bad));
            if ((BitOperations.PopCount(quotes) & 1) != 0) _inString = ~_inString;
        }

        if (end > _runStart) RememberLast(end);
        return Status.Open;
    }

    private Status Follow(byte* p, ulong brackets)
    {
        for (; brackets != 0; brackets &= brackets - 1)
        {
            byte* at = p + BitOperations.TrailingZeroCount(brackets);
            bool isArray = (*at & 0x20) == 0;
            if ((*at | 0x20) == '{')
            {
                if (!MayOpen(at)) return Stop(Status.Damaged, at);
                if (_depth < 64) _arrays = isArray ? _arrays | (1UL << _depth) : _arrays & ~(1UL << _depth);
                _depth++;
                continue;
            }

            _depth--;
            // Deeper than 64 levels nothing is remembered; the decoder rejects such an object.
            if (_depth < 64 && isArray != ((_arrays >> _depth) & 1) > 0) return Stop(Status.Damaged, at);
            if (_depth == 0) return Stop(Status.Closed, at + 1);
        }

        return Status.Open;
    }

    private readonly bool MayOpen(byte* at)
    {
        if (_depth is 0 or > 64) return true;
        byte before = LastBefore(at);
        bool inArray = ((_arrays >> (_depth - 1)) & 1) != 0;
        return inArray ? before is (byte)',' or (byte)'[' : before == ':';
    }

    /// <summary>The last byte before <paramref name="p"/> that is no white space.</summary>
    private readonly byte LastBefore(byte* p)
    {
        while (p > _runStart)
        {
            p--;
            if (*p is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) return *p;
        }

        return _before;
    }

    private void RememberLast(byte* end) => _before = LastBefore(end);

    private Status Stop(Status status, byte* at)
    {
        Stopped = at;
        return status;
    }

    /// <summary>Bytes that a backslash before them makes ordinary.</summary>
    private ulong Escaped(ulong backslashes, int count)
    {
        ulong escaped = _escapes ? 1UL : 0;
        backslashes &= ~escaped;
        _escapes = false;
        while (backslashes != 0)
        {
            int at = BitOperations.TrailingZeroCount(backslashes);
            backslashes &= ~(1UL << at);
            if (at + 1 == count)
            {
                _escapes = true;
                break;
            }

            escaped |= 1UL << (at + 1);
            backslashes &= ~(1UL << (at + 1));
        }

        return escaped;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong PrefixXor(ulong x)
    {
        x ^= x << 1;
        x ^= x << 2;
        x ^= x << 4;
        x ^= x << 8;
        x ^= x << 16;
        x ^= x << 32;
        return x;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Masks Classify(byte* p)
    {
        var a = new Masks(Vector128.Load(p));
        var b = new Masks(Vector128.Load(p + 16));
        var c = new Masks(Vector128.Load(p + 32));
        var d = new Masks(Vector128.Load(p + 48));
        return new Masks(a, b, c, d);
    }

    /// <summary>One bit a byte for each class.</summary>
    private readonly struct Masks
    {
        public readonly ulong Quotes, Backslashes, Controls, Brackets, Foreign;

        // A byte may stand outside strings if the entries of its low and its high half share a bit; each bit is one high half.
        private static readonly Vector128<byte> Low = Vector128.Create(
            (byte)0x06, 0x14, 0x44, 0x44, 0x44, 0x5C, 0x14, 0x04, 0x04, 0x05, 0x05, 0x62, 0x12, 0x63, 0x12, 0x00);

        private static readonly Vector128<byte> High = Vector128.Create(
            (byte)0x01, 0, 0x02, 0x04, 0x08, 0x20, 0x10, 0x40, 0, 0, 0, 0, 0, 0, 0, 0);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Masks(Vector128<byte> v)
        {
            var folded = v | Vector128.Create((byte)0x20);
            Quotes = Vector128.Equals(v, Vector128.Create((byte)'"')).ExtractMostSignificantBits();
            Backslashes = Vector128.Equals(v, Vector128.Create((byte)'\\')).ExtractMostSignificantBits();
            Controls = Vector128.LessThan(v, Vector128.Create((byte)0x20)).ExtractMostSignificantBits();
            Brackets = (Vector128.Equals(folded, Vector128.Create((byte)'{')) | Vector128.Equals(folded, Vector128.Create((byte)'}'))).ExtractMostSignificantBits();
            var allowed = Vector128.ShuffleNative(Low, v & Vector128.Create((byte)15)) & Vector128.ShuffleNative(High, v >>> 4);
            Foreign = Vector128.Equals(allowed, Vector128<byte>.Zero).ExtractMostSignificantBits();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Masks(in Masks a, in Masks b, in Masks c, in Masks d)
        {
            Quotes = a.Quotes | (b.Quotes << 16) | (c.Quotes << 32) | (d.Quotes << 48);
            Backslashes = a.Backslashes | (b.Backslashes << 16) | (c.Backslashes << 32) | (d.Backslashes << 48);
            Controls = a.Controls | (b.Controls << 16) | (c.Controls << 32) | (d.Controls << 48);
            Brackets = a.Brackets | (b.Brackets << 16) | (c.Brackets << 32) | (d.Brackets << 48);
            Foreign = a.Foreign | (b.Foreign << 16) | (c.Foreign << 32) | (d.Foreign << 48);
        }
    }
}
