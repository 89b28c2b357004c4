using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Validation;

/// <summary>
/// Renders the fields that no contract names as one JSON object with its keys in byte order, so that the same record
/// gives the same text whatever the order of its keys. Remembers the codes of the <see cref="RecordSlots"/> at hand,
/// and forgets them when another comes. Not thread-safe.
/// </summary>
internal sealed class ExtraJson
{
    private const int MaxKeptKeys = 4096;
    private const int MaxNumberBytes = 32;
    private const int MostInserted = 64;

    // An escape is at most six bytes for one.
    private const int MaxEscape = 6;

    // Bytes that stand for themselves in a JSON string.
    private static readonly SearchValues<byte> Plain = SearchValues.Create([
        .. Enumerable.Range(' ', 0x7F - ' ').Select(i => (byte)i).Where(b => b is not ((byte)'"' or (byte)'\\')),
    ]);

    private const int RealBits = 9;

    private readonly List<byte[]?> _keys = [];

    // Doubles met before, eight bytes of value and then the text, by a hash of the value.
    private readonly byte[]?[] _reals = new byte[]?[1 << RealBits];
    private byte[] _text = new byte[1024];
    private int _length;
    private int[] _order = new int[16];
    private int[] _names = new int[16];

    // Start and end in _text of the value at each place.
    private (int Start, int End)[] _values = new (int, int)[16];
    private int _count;
    private RecordSlots? _record;

    /// <summary>The object's text, valid until the next call; empty when every such field is null.</summary>
    public ReadOnlySpan<byte> Render(RecordSlots record)
    {
        var fields = record.Unmapped;
        if (!ReferenceEquals(record, _record))
            Forget(record);
        if (!HasNamesOfLast(fields))
            Sort(record, fields);
        _length = 0;
        for (var i = 0; i < fields.Length; i++)
        {
            ref readonly var field = ref fields[_order[i]];
            if (field.Value.Kind <= SlotKind.Null)
                continue;
            Append(_length == 0 ? "{"u8 : ","u8);
            AppendKey(record, field.Name);
            _values[i].Start = _length;
            Append(field.Value);
            _values[i].End = _length;
        }

        if (_length == 0)
            return default;
        Append("}"u8);
        return _text.AsSpan(0, _length);
    }

    /// <summary>The object rendered last without the fields that all rows of the record share; empty when nothing is
    /// left. Valid until the next call.</summary>
    public ReadOnlySpan<byte> RenderOwn(RecordSlots record)
    {
        var fields = record.Unmapped;
        _length = 0;
        for (var i = 0; i < fields.Length; i++)
        {
            ref readonly var field = ref fields[_order[i]];
            if (field.Value.Kind <= SlotKind.Null || field.IsShared)
                continue;
            Append(_length == 0 ? "{"u8 : ","u8);
            AppendKey(record, field.Name);
            Append(field.Value);
        }

        if (_length == 0)
            return default;
        Append("}"u8);
        return _text.AsSpan(0, _length);
    }

    /// <summary>Index in <see cref="RecordSlots.Unmapped"/> of the field that comes at a place of the object rendered
    /// last, nulls counted.</summary>
    public int FieldAt(int place) => _order[place];

    /// <summary>The text of the number at a place of the object rendered last, without quotes.</summary>
    public ReadOnlySpan<byte> NumberAt(int place) =>
        _text.AsSpan(_values[place].Start.._values[place].End).Trim((byte)'"');

    // Another record has other names under the same codes.
    private void Forget(RecordSlots record)
    {
        _record = record;
        _keys.Clear();
        _count = -1;
    }

    private void Append(in Slot value)
    {
        switch (value.Kind)
        {
            case SlotKind.True or SlotKind.False:
                Append(value.Kind == SlotKind.True ? "true"u8 : "false"u8);
                break;
            case SlotKind.Integer or SlotKind.TimestampMicros:
                Utf8Formatter.TryFormat(value.Integer, Room(MaxNumberBytes), out var digits);
                _length += digits;
                break;
            case SlotKind.Real when double.IsFinite(value.Real):
                AppendReal(value.Real);
                break;
            case SlotKind.Real:
                AppendText(System.Text.Encoding.UTF8.GetBytes(value.Real.ToString("R")));
                break;
            case SlotKind.Number or SlotKind.Json:
                Append(value.Span);
                break;
            default:
                AppendText(value.Span);
                break;
        }
    }

    // Doubles with few decimals, coordinates above all, by integer arithmetic; the text is the same shortest one.
    private void AppendReal(double number)
    {
        if (!Micros.TryShort(number, out var micros) || (micros == 0 && double.IsNegative(number)))
        {
            AppendLong(number);
            return;
        }

        Span<byte> text = stackalloc byte[24];
        var at = text.Length;
        var rest = (ulong)Math.Abs(micros);
        var started = false;
        for (var digit = 0; digit < Micros.Scale || rest > 0 || digit == Micros.Scale; digit++, rest /= 10)
        {
            if (digit == Micros.Scale && started)
                text[--at] = (byte)'.';
            started |= rest % 10 != 0 || digit >= Micros.Scale;
            if (started)
                text[--at] = (byte)('0' + (rest % 10));
        }

        if (micros < 0)
            text[--at] = (byte)'-';
        Append(text[at..]);
    }

    // Floats that came as doubles (coordinates of a place) have 17 digits, which cost much to find, and come again and
    // again.
    private void AppendLong(double number)
    {
        var bits = BitConverter.DoubleToInt64Bits(number);
        ref var known = ref _reals[(int)((ulong)(bits * -7046029254386353131) >> (64 - RealBits))];
        if (known == null || BinaryPrimitives.ReadInt64LittleEndian(known) != bits)
        {
            Span<byte> text = stackalloc byte[sizeof(long) + MaxNumberBytes];
            BinaryPrimitives.WriteInt64LittleEndian(text, bits);
            Utf8Formatter.TryFormat(number, text[sizeof(long)..], out var written);
            if (known?.Length == sizeof(long) + written)
                text[..known.Length].CopyTo(known);
            else
                known = text[..(sizeof(long) + written)].ToArray();
        }

        Append(known.AsSpan(sizeof(long)));
    }

    private void AppendText(ReadOnlySpan<byte> text)
    {
        Append("\""u8);
        if (text.IndexOfAnyExcept(Plain) < 0)
        {
            Append(text);
        }
        else
        {
            var room = Room(checked(text.Length * MaxEscape));
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.EncodeUtf8(text, room, out _, out var written);
            _length += written;
        }

        Append("\""u8);
    }

    private void AppendKey(RecordSlots record, int name)
    {
        if (name < _keys.Count && _keys[name] is { } known)
        {
            Append(known);
            return;
        }

        var start = _length;
        AppendText(record.UnmappedNames[name]);
        Append(":"u8);
        if (name >= MaxKeptKeys)
            return;
        while (_keys.Count <= name)
            _keys.Add(null);
        _keys[name] = _text.AsSpan(start, _length - start).ToArray();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
    }

    private Span<byte> Room(int bytes)
    {
        if (_text.Length - _length < bytes)
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _length + bytes));
        return _text.AsSpan(_length);
    }

    // Records of a stream mostly have the same such fields in the same order, so the order of the last one holds.
    private bool HasNamesOfLast(ReadOnlySpan<UnmappedField> fields)
    {
        if (fields.Length != _count)
            return false;
        for (var i = 0; i < fields.Length; i++)
            if (fields[i].Name != _names[i])
                return false;
        return true;
    }

    // Insertion sort, as records mostly have few such fields. Stable, so that of equal names the order stays.
    private void Sort(RecordSlots record, ReadOnlySpan<UnmappedField> fields)
    {
        if (_order.Length < fields.Length)
        {
            _order = new int[fields.Length * 2];
            _names = new int[fields.Length * 2];
            _values = new (int, int)[fields.Length * 2];
        }

        _count = fields.Length;
        if (fields.Length > MostInserted)
        {
            SortMany(record, fields);
            return;
        }

        for (var i = 0; i < fields.Length; i++)
        {
            _names[i] = fields[i].Name;
            var at = i;
            var name = record.UnmappedNames[fields[i].Name];
            while (at > 0 && record.UnmappedNames[fields[_order[at - 1]].Name].SequenceCompareTo(name) > 0)
            {
                _order[at] = _order[at - 1];
                at--;
            }

            _order[at] = i;
        }
    }

    private void SortMany(RecordSlots record, ReadOnlySpan<UnmappedField> fields)
    {
        for (var i = 0; i < fields.Length; i++)
            (_names[i], _order[i]) = (fields[i].Name, i);
        var (names, known) = (_names, record.UnmappedNames);
        _order
            .AsSpan(0, fields.Length)
            .Sort(
                (a, b) =>
                    known[names[a]].SequenceCompareTo(known[names[b]]) is var order and not 0 ? order : a.CompareTo(b)
            );
    }
}
