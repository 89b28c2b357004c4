using System.Runtime.CompilerServices;
using System.Text;

namespace AdvertiseX.Validation;

/// <summary>Texts that mean absent. Length, first and last byte decide first, as nearly no value shares them.
/// Immutable, thread-safe.</summary>
internal sealed unsafe class NullValues
{
    private readonly byte[][] _texts;
    private readonly ulong _lengths;

    // By byte: 1 = a text begins with it, 2 = a text ends with it, in either case.
    private readonly byte[] _ends = new byte[256];

    public NullValues(IReadOnlyList<string> texts)
    {
        _texts = [.. texts.Where(t => t.Length > 0).Select(Encoding.UTF8.GetBytes)];
        foreach (var text in _texts)
        {
            _lengths |= 1UL << Math.Min(text.Length, 63);
            foreach (var cased in (byte[][])[Cased(text, Ascii.ToLower), Cased(text, Ascii.ToUpper)])
            {
                _ends[cased[0]] |= 1;
                _ends[cased[^1]] |= 2;
            }
        }
    }

    /// <summary>Whether a text could be one of them: no means no.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayHave(byte* text, int length)
    {
        if (length == 0)
            return true;
        if ((_lengths >> Math.Min(length, 63) & 1) == 0)
            return false;
        return (_ends[text[0]] & 1) != 0 && (_ends[text[length - 1]] & 2) != 0;
    }

    public bool Contains(ReadOnlySpan<byte> text)
    {
        fixed (byte* p = text)
        {
            if (text.Length == 0)
                return true;
            if (!MayHave(p, text.Length))
                return false;
        }

        foreach (var t in _texts)
            if (t.Length == text.Length && (text.SequenceEqual(t) || Ascii.EqualsIgnoreCase(t, text)))
                return true;
        return false;
    }

    /// <summary>Whether an id is all zeros, as devices that may not be tracked send it.</summary>
    public static bool IsZeroId(ReadOnlySpan<byte> id)
    {
        if (id.Length == 0 || id[0] is not ((byte)'0' or (byte)'-'))
            return false;
        return id.IndexOfAnyExcept((byte)'0', (byte)'-') < 0;
    }

    private delegate System.Buffers.OperationStatus Casing(ReadOnlySpan<byte> from, Span<byte> to, out int written);

    private static byte[] Cased(byte[] text, Casing casing)
    {
        var cased = (byte[])text.Clone();
        casing(text, cased, out _);
        return cased;
    }
}
