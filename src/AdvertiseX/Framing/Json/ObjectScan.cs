using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AdvertiseX.Framing.Json;

/// <summary>
/// Follows one JSON object to its closing brace, 64 bytes at a time, and can stop and go on anywhere. It knows strings,
/// brackets and which bytes may stand outside strings, not the whole grammar: what it calls closed may still not parse,
/// what it calls damaged never would. Damage is
/// <list type="bullet">
/// <item>a control character inside a string, or outside a byte that no JSON has there (so a missing quote shows within
/// a few bytes);</item>
/// <item>a bracket closed by the other kind;</item>
/// <item>in an object, an opening bracket that no colon precedes (so a missing brace shows at the next object); in an
/// array, one that neither comma nor opening bracket precedes.</item>
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

    /// <summary>After <see cref="Status.Closed"/> what follows the object, after <see cref="Status.Damaged"/> the byte
    /// at fault.</summary>
    public byte* Stopped { get; set; }

    /// <summary>Goes on from <paramref name="p"/>; the first call gets the opening brace.</summary>
    public Status Run(byte* p, byte* end)
    {
        _runStart = p;
        for (; p < end; p += 64)
        {
            var count = (int)Math.Min(64, end - p);
            var valid = count == 64 ? ulong.MaxValue : (1UL << count) - 1;
            Vector256<byte> low = Vector256.Load(p),
                high = Vector256.Load(p + 32);
            var backslashes = Equal(low, high, '\\') & valid;
            var quotes = Equal(low, high, '"') & valid;
            if (backslashes != 0 || _escapes)
                quotes &= ~Escaped(backslashes, count);
            var inString = PrefixXor(quotes) ^ _inString;
            var outside = ~inString & ~quotes & valid;
            var bad =
                (Bits(Controls(low), Controls(high)) & inString & valid)
                | (Bits(Foreign(low), Foreign(high)) & outside);
            var brackets = Bits(Brackets(low), Brackets(high)) & outside;
            if (bad != 0)
                brackets &= (bad & (0 - bad)) - 1;
            var status = brackets == 0 ? Status.Open : Follow(p, brackets);
            if (status != Status.Open)
                return status;
            if (bad != 0)
                return Stop(Status.Damaged, p + BitOperations.TrailingZeroCount(bad));
            if ((BitOperations.PopCount(quotes) & 1) != 0)
                _inString = ~_inString;
        }

        if (end > _runStart)
            RememberLast(end);
        return Status.Open;
    }

    private Status Follow(byte* p, ulong brackets)
    {
        for (; brackets != 0; brackets &= brackets - 1)
        {
            var at = p + BitOperations.TrailingZeroCount(brackets);
            var isArray = (*at & 0x20) == 0;
            if ((*at | 0x20) == '{')
            {
                if (!MayOpen(at))
                    return Stop(Status.Damaged, at);
                if (_depth < 64)
                    _arrays = isArray ? _arrays | (1UL << _depth) : _arrays & ~(1UL << _depth);
                _depth++;
                continue;
            }

            _depth--;
            // Deeper than 64 levels nothing is remembered; the decoder rejects such an object.
            if (_depth < 64 && isArray != ((_arrays >> _depth) & 1) > 0)
                return Stop(Status.Damaged, at);
            if (_depth == 0)
                return Stop(Status.Closed, at + 1);
        }

        return Status.Open;
    }

    private readonly bool MayOpen(byte* at)
    {
        if (_depth is 0 or > 64)
            return true;
        var before = LastBefore(at);
        var inArray = ((_arrays >> (_depth - 1)) & 1) != 0;
        return inArray ? before is (byte)',' or (byte)'[' : before == ':';
    }

    /// <summary>The last byte before <paramref name="p"/> that is no white space.</summary>
    private readonly byte LastBefore(byte* p)
    {
        while (p > _runStart)
        {
            p--;
            if (*p is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
                return *p;
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
        var escaped = _escapes ? 1UL : 0;
        backslashes &= ~escaped;
        _escapes = false;
        while (backslashes != 0)
        {
            var at = BitOperations.TrailingZeroCount(backslashes);
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
    private static ulong Bits(Vector256<byte> low, Vector256<byte> high) =>
        low.ExtractMostSignificantBits() | ((ulong)high.ExtractMostSignificantBits() << 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Equal(Vector256<byte> low, Vector256<byte> high, char c) =>
        Bits(Vector256.Equals(low, Vector256.Create((byte)c)), Vector256.Equals(high, Vector256.Create((byte)c)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Controls(Vector256<byte> v) =>
        Vector256.Equals(Vector256.Min(v, Vector256.Create((byte)0x1F)), v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Brackets(Vector256<byte> v)
    {
        // Square and curly brackets differ in one bit.
        var folded = v | Vector256.Create((byte)0x20);
        return Vector256.Equals(folded, Vector256.Create((byte)'{'))
            | Vector256.Equals(folded, Vector256.Create((byte)'}'));
    }

    /// <summary>Bytes that may stand in strings only. Others have a bit in common in the entries of their low and their
    /// high half; each bit is one high half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Foreign(Vector256<byte> v)
    {
        var byLow = Vector128.Create(
            (byte)0x06,
            0x14,
            0x44,
            0x44,
            0x44,
            0x5C,
            0x14,
            0x04,
            0x04,
            0x05,
            0x05,
            0x62,
            0x12,
            0x63,
            0x12,
            0x00
        );
        var byHigh = Vector128.Create((byte)0x01, 0, 0x02, 0x04, 0x08, 0x20, 0x10, 0x40, 0, 0, 0, 0, 0, 0, 0, 0);
        var allowed = LookUp(byLow, v & Vector256.Create((byte)15)) & LookUp(byHigh, v >>> 4);
        return Vector256.Equals(allowed, Vector256<byte>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> LookUp(Vector128<byte> table, Vector256<byte> index) =>
        Avx2.IsSupported
            ? Avx2.Shuffle(Vector256.Create(table, table), index)
            : Vector256.Create(
                Vector128.ShuffleNative(table, index.GetLower()),
                Vector128.ShuffleNative(table, index.GetUpper())
            );
}
