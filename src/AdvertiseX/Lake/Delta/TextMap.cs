using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace AdvertiseX.Lake.Delta;

/// <summary>A few texts by name, as a log has them for each file: two arrays, of which files with the same names share
/// the first. Immutable.</summary>
internal sealed class TextMap(string[] keys, string?[] values) : IReadOnlyDictionary<string, string?>
{
    public static readonly TextMap Empty = new([], []);

    internal string[] Names => keys;

    internal string? TextAt(int at) => values[at];

    public int Count => keys.Length;

    public IEnumerable<string> Keys => keys;

    public IEnumerable<string?> Values => values;

    public string? this[string key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"there is no {key}");

    public bool ContainsKey(string key) => Array.IndexOf(keys, key) >= 0;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string? value)
    {
        var at = Array.IndexOf(keys, key);
        value = at < 0 ? null : values[at];
        return at >= 0;
    }

    public IEnumerator<KeyValuePair<string, string?>> GetEnumerator()
    {
        for (var i = 0; i < keys.Length; i++)
            yield return new(keys[i], values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
