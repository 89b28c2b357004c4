using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AdvertiseX.Validation;

/// <summary>
/// Fields of one record by dotted path, in byte order of the paths; objects and arrays are taken apart to their values,
/// so that the order of keys inside does not matter. Keeps its memory from record to record. Not thread-safe.
/// </summary>
/// <param name="nulls">Texts that mean absent: such values are left out.</param>
internal sealed class FlatFields(NullValues nulls)
{
    private readonly List<Field> _fields = [];
    private byte[] _bytes = new byte[1024];
    private int _length;

    public int Count => _fields.Count;

    public ReadOnlySpan<byte> NameAt(int place) => _bytes.AsSpan(_fields[place].Name, _fields[place].NameLength);

    public ReadOnlySpan<byte> ValueAt(int place) => _bytes.AsSpan(_fields[place].Value, _fields[place].ValueLength);

    public void Clear()
    {
        _fields.Clear();
        _length = 0;
    }

    /// <summary>Adds a value that is no object and no array.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var at = _length;
        value.CopyTo(Room(name.Length + value.Length)[name.Length..]);
        name.CopyTo(_bytes.AsSpan(at));
        _length += name.Length + value.Length;
        _fields.Add(new Field(at, name.Length, at + name.Length, value.Length, _fields.Count));
    }

    /// <summary>Adds the values of an object or array: <c>name.key</c> of a key, <c>name.0</c> of a first
    /// element.</summary>
    /// <param name="name">Path of the object or array.</param>
    /// <param name="json">Its text, valid JSON.</param>
    public void AddJson(ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        // Per open object or array: the length of its path, and the place of its next element, −1 in objects.
        var open = new Stack<(int Length, int Next)>();
        var path = new List<byte>();
        path.AddRange(name);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                open.Pop();
                continue;
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                StartKey(path, open.Peek().Length, TextOf(ref reader));
                continue;
            }

            if (open.TryPop(out var within))
            {
                if (within.Next >= 0)
                    StartKey(path, within.Length, Encoding.ASCII.GetBytes($"{within.Next++}"));
                open.Push(within);
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                open.Push((path.Count, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
            else
                AddValue(CollectionsMarshal.AsSpan(path), ref reader);
        }
    }

    public void Sort() =>
        _fields.Sort(
            (a, b) =>
                _bytes.AsSpan(a.Name, a.NameLength).SequenceCompareTo(_bytes.AsSpan(b.Name, b.NameLength))
                    is var order
                        and not 0
                    ? order
                    : a.Place - b.Place
        );

    private void AddValue(ReadOnlySpan<byte> path, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return;
        var text = TextOf(ref reader);
        if (!nulls.Contains(text))
            Add(path, text);
    }

    private static void StartKey(List<byte> path, int parent, ReadOnlySpan<byte> key)
    {
        CollectionsMarshal.SetCount(path, parent);
        path.Add((byte)'.');
        path.AddRange(key);
    }

    private static ReadOnlySpan<byte> TextOf(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan;
        try
        {
            var text = new byte[reader.ValueSpan.Length];
            return text.AsSpan(0, reader.CopyString(text));
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is no text: the escapes stand for themselves.
            return reader.ValueSpan;
        }
    }

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - _length < bytes)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes));
        return _bytes.AsSpan(_length);
    }

    private readonly record struct Field(int Name, int NameLength, int Value, int ValueLength, int Place);
}
