using System.Text;

namespace AdvertiseX.Validation;

/// <summary>Texts that mean absent. The length decides first, as nearly no value has one of theirs. Immutable, thread-safe.</summary>
internal sealed class NullValues
{
    private readonly byte[][] _texts;
    private readonly ulong _lengths;

    public NullValues(IReadOnlyList<string> texts)
    {
        _texts = [.. texts.Where(t => t.Length > 0).Select(Encoding.UTF8.GetBytes)];
        foreach (var text in _texts) _lengths |= 1UL << Math.Min(text.Length, 63);
    }

    public bool Contains(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0) return true;
        if ((_lengths >> Math.Min(text.Length, 63) & 1) == 0) return false;
        foreach (var t in _texts)
            if (t.Length == text.Length && Ascii.EqualsIgnoreCase(t, text)) return true;
        return false;
    }

    /// <summary>Whether an id is all zeros, as devices that may not be tracked send it.</summary>
    public static bool IsZeroId(ReadOnlySpan<byte> id)
    {
        if (id.Length == 0 || id[0] is not ((byte)'0' or (byte)'-')) return false;
        return id.IndexOfAnyExcept((byte)'0', (byte)'-') < 0;
    }
}
