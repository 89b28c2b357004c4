using System.Text;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake.Delta;

/// <summary>Reads the maps of a checkpoint, row by row. Rows with the same names share them, and rows with the same
/// values are one map. For one thread.</summary>
internal sealed class TextMapReader
{
    private readonly NestedColumnReader _keys;
    private readonly NestedColumnReader _values;
    private readonly List<string> _names = [];
    private readonly List<string?> _texts = [];
    private TextMap _last = TextMap.Empty;
    private bool _more;

    public TextMapReader(NestedColumnReader keys, NestedColumnReader values)
    {
        (_keys, _values) = (keys, values);
        _more = Next();
    }

    /// <summary>The next row's map; an absent one is empty.</summary>
    public TextMap ReadRow()
    {
        if (_more && !_keys.HasValue)
        {
            _more = Next();
            return TextMap.Empty;
        }
        _names.Clear();
        _texts.Clear();
        var isLast = true;
        for (var begins = true; _more && (begins || !_keys.BeginsRow); begins = false)
        {
            isLast &= Take(_names.Count);
            _more = Next();
        }
        return isLast && _names.Count == _last.Count ? _last : _last = NewMap();
    }

    private bool Next() => _keys.Next() & _values.Next();

    /// <summary>Takes an entry; true when the map before has the same at that place.</summary>
    private bool Take(int at)
    {
        var name = Known(_last.Names, at, _keys.Text) ?? Encoding.UTF8.GetString(_keys.Text);
        var known = at < _last.Count ? _last.TextAt(at) : null;
        var text =
            !_values.HasValue ? null
            : known is not null && IsEqual(known, _values.Text) ? known
            : Encoding.UTF8.GetString(_values.Text);
        _names.Add(name);
        _texts.Add(text);
        return at < _last.Count && ReferenceEquals(_last.Names[at], name) && ReferenceEquals(known, text);
    }

    private TextMap NewMap()
    {
        var isKnown = _names.Count == _last.Count;
        for (var i = 0; isKnown && i < _names.Count; i++)
            isKnown = ReferenceEquals(_names[i], _last.Names[i]);
        return new(isKnown ? _last.Names : [.. _names], [.. _texts]);
    }

    private static string? Known(string[] names, int at, ReadOnlySpan<byte> text) =>
        at < names.Length && IsEqual(names[at], text) ? names[at] : null;

    private static bool IsEqual(string text, ReadOnlySpan<byte> bytes)
    {
        if (text.Length != bytes.Length)
            return false;
        for (var i = 0; i < text.Length; i++)
            if (text[i] != bytes[i] || text[i] > 0x7F)
                return false;
        return true;
    }
}
