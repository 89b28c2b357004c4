using System.Text;

namespace AdvertiseX.Validation;

/// <summary>Source values to canonical ones, matched in any ASCII case. Immutable, thread-safe.</summary>
internal sealed class ValueMap(IReadOnlyDictionary<string, string> map)
{
    private readonly (byte[] From, byte[] To)[] _entries =
    [
        .. map.Select(p => (Encoding.UTF8.GetBytes(p.Key), Encoding.UTF8.GetBytes(p.Value))),
    ];

    /// <summary>The canonical value, or null where the map has none.</summary>
    public byte[]? Find(ReadOnlySpan<byte> value)
    {
        foreach (var (from, to) in _entries)
            if (from.Length == value.Length && Ascii.EqualsIgnoreCase(from, value))
                return to;
        return null;
    }
}
