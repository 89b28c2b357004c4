using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using AdvertiseX.Decoding;
using AdvertiseX.Events;

namespace AdvertiseX.Validation;

/// <summary>
/// Renders the fields that no contract names as one JSON object with its keys in byte order, so that the same record gives the same
/// text whatever the order of its keys. Texts that need no escape, and most numbers, are written as they are; Utf8JsonWriter does the
/// rest. Not thread-safe.
/// </summary>
internal sealed class ExtraJson : IDisposable
{
    /// <summary>Codes of names whose keys are remembered; a feed may have names without end.</summary>
    private const int MaxKeys = 4096;

    private const int NumberCacheBits = 8;
    private const int NumberBytes = 32;

    private static readonly SearchValues<byte> s_plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Where(b => b is not '"' and not '\\').Select(b => (byte)b)]);

    private readonly ArrayBufferWriter<byte> _rare = new(256);
    private readonly Utf8JsonWriter _writer;
    private readonly ulong[] _cachedNumbers = new ulong[1 << NumberCacheBits];
    private readonly byte[] _cachedTexts = new byte[NumberBytes << NumberCacheBits];
    private byte[] _text = new byte[1024];
    private int _length;
    private byte[]?[] _keys = [];
    private int[] _order = new int[16];
    private int[] _names = [];
    private int _nameCount;
    private RecordSlots? _record;

    public ExtraJson() => _writer = new Utf8JsonWriter(_rare, new JsonWriterOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    });

    /// <summary>The object's text, valid until the next call; empty when every such field is null.</summary>
    public ReadOnlySpan<byte> Render(RecordSlots record)
    {
        var fields = record.Unmapped;
        Order(record, fields);
        _length = 0;
        for (int i = 0; i < fields.Length; i++)
        {
            ref readonly var field = ref fields[_order[i]];
            if (field.Value.Kind <= SlotKind.Null) continue;
            Append(Key(field.Name));
            Append(field.Value);
        }

        if (_length == 0) return default;
        _text[0] = (byte)'{';
        Append("}"u8);
        return _text.AsSpan(0, _length);
    }

    public void Dispose() => _writer.Dispose();

    private void Append(in Slot value)
    {
        switch (value.Kind)
        {
            case SlotKind.True:
                Append("true"u8);
                break;
            case SlotKind.False:
                Append("false"u8);
                break;
            case SlotKind.Integer or SlotKind.TimestampMicros:
                bool fits = Utf8Formatter.TryFormat(value.Integer, Room(NumberBytes), out int written);
                Debug.Assert(fits, "a long has at most 20 characters");
                _length += written;
                break;
            case SlotKind.Real when double.IsFinite(value.Real):
                AppendReal(value.Real);
                break;
            case SlotKind.Real:
                _writer.WriteStringValue(value.Real.ToString("R"));
                AppendRare();
                break;
            case SlotKind.Number or SlotKind.Json:
                Append(value.Span);
                break;
            default:
                AppendText(value.Span);
                break;
        }
    }

    private void AppendText(ReadOnlySpan<byte> text)
    {
        if (text.ContainsAnyExcept(s_plain))
        {
            _writer.WriteStringValue(text);
            AppendRare();
            return;
        }

        var room = Room(text.Length + 2);
        room[0] = (byte)'"';
        text.CopyTo(room[1..]);
        room[text.Length + 1] = (byte)'"';
        _length += text.Length + 2;
    }

    // Doubles with few decimals, coordinates above all, by integer arithmetic; the text is the same shortest one.
    private void AppendReal(double number)
    {
        if (!Micros.TryShort(number, out long micros) || (micros == 0 && double.IsNegative(number)))
        {
            AppendLongReal(number);
            return;
        }

        Span<byte> text = stackalloc byte[24];
        int at = text.Length;
        ulong rest = (ulong)Math.Abs(micros);
        bool started = false;
        for (int digit = 0; digit < Micros.Scale || rest > 0 || digit == Micros.Scale; digit++, rest /= 10)
        {
            if (digit == Micros.Scale && started) text[--at] = (byte)'.';
            started |= rest % 10 != 0 || digit >= Micros.Scale;
            if (started) text[--at] = (byte)('0' + (rest % 10));
        }

        if (micros < 0) text[--at] = (byte)'-';
        Append(text[at..]);
    }

    // Coordinates that were floats have 17 digits as doubles, and few of them differ: those of cities. Their texts are kept.
    private void AppendLongReal(double number)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(number);
        int place = (int)((bits * 0x9E3779B97F4A7C15) >> (64 - NumberCacheBits));
        var kept = _cachedTexts.AsSpan(place * NumberBytes, NumberBytes);
        // The first byte is the length; 0 = nothing kept here yet.
        if (kept[0] == 0 || _cachedNumbers[place] != bits)
        {
            _writer.WriteNumberValue(number);
            _writer.Flush();
            var text = _rare.WrittenSpan;
            Debug.Assert(text.Length < NumberBytes, "the shortest text of a double has at most 25 characters");
            text.CopyTo(kept[1..]);
            kept[0] = (byte)text.Length;
            _cachedNumbers[place] = bits;
            Forget();
        }

        Append(kept.Slice(1, kept[0]));
    }

    private void AppendRare()
    {
        _writer.Flush();
        Append(_rare.WrittenSpan);
        Forget();
    }

    private void Forget()
    {
        _rare.ResetWrittenCount();
        _writer.Reset(_rare);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
    }

    private Span<byte> Room(int bytes)
    {
        if (_text.Length - _length < bytes) Array.Resize(ref _text, Math.Max(_text.Length * 2, checked(_length + bytes)));
        return _text.AsSpan(_length);
    }

    /// <summary>A comma, the name as a JSON string, and a colon.</summary>
    private ReadOnlySpan<byte> Key(int name)
    {
        if (name < _keys.Length && _keys[name] is { } known) return known;
        _writer.WriteStringValue(_record!.UnmappedNames[name]);
        _writer.Flush();
        byte[] key = [(byte)',', .. _rare.WrittenSpan, (byte)':'];
        Forget();
        if (name < MaxKeys)
        {
            if (name >= _keys.Length) Array.Resize(ref _keys, Math.Min(Math.Max(16, name * 2), MaxKeys));
            _keys[name] = key;
        }

        return key;
    }

    /// <summary>The fields' order by name; as it was, if the names are those of the record before.</summary>
    private void Order(RecordSlots record, ReadOnlySpan<UnmappedField> fields)
    {
        if (ReferenceEquals(record, _record) && HasSameNames(fields)) return;
        if (!ReferenceEquals(record, _record)) Array.Clear(_keys);
        _record = record;
        if (_names.Length < fields.Length) _names = new int[fields.Length * 2];
        _nameCount = fields.Length;
        for (int i = 0; i < fields.Length; i++) _names[i] = fields[i].Name;
        Sort(record, fields);
    }

    private bool HasSameNames(ReadOnlySpan<UnmappedField> fields)
    {
        if (_nameCount != fields.Length) return false;
        for (int i = 0; i < fields.Length; i++)
            if (_names[i] != fields[i].Name) return false;
        return true;
    }

    // Insertion sort: records have few such fields, mostly in one order. Stable, so that of equal names the order stays.
    private void Sort(RecordSlots record, ReadOnlySpan<UnmappedField> fields)
    {
        if (_order.Length < fields.Length) _order = new int[fields.Length * 2];
        for (int i = 0; i < fields.Length; i++)
        {
            int at = i;
            var name = record.UnmappedNames[fields[i].Name];
            while (at > 0 && record.UnmappedNames[fields[_order[at - 1]].Name].SequenceCompareTo(name) > 0)
            {
                _order[at] = _order[at - 1];
                at--;
            }

            _order[at] = i;
        }
    }
}
