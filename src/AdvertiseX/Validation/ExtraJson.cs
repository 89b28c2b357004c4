using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AdvertiseX.Decoding;
using AdvertiseX.Events;

namespace AdvertiseX.Validation;

/// <summary>
/// Renders the fields that no contract names as one JSON object with its keys in byte order, so that the same record gives the same
/// text whatever the order of its keys. Not thread-safe.
/// </summary>
internal sealed class ExtraJson : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;
    private int[] _order = new int[16];

    public ExtraJson() => _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    });

    /// <summary>The object's text, valid until the next call; empty when every such field is null.</summary>
    public ReadOnlySpan<byte> Render(RecordSlots record)
    {
        var fields = record.Unmapped;
        Sort(record, fields);
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        _writer.WriteStartObject();
        int written = 0;
        for (int i = 0; i < fields.Length; i++)
        {
            ref readonly var field = ref fields[_order[i]];
            if (field.Value.Kind <= SlotKind.Null) continue;
            _writer.WritePropertyName(record.UnmappedNames[field.Name]);
            Write(field.Value);
            written++;
        }

        _writer.WriteEndObject();
        _writer.Flush();
        return written == 0 ? default : _buffer.WrittenSpan;
    }

    public void Dispose() => _writer.Dispose();

    private void Write(in Slot value)
    {
        switch (value.Kind)
        {
            case SlotKind.True or SlotKind.False:
                _writer.WriteBooleanValue(value.Kind == SlotKind.True);
                break;
            case SlotKind.Integer or SlotKind.TimestampMicros:
                _writer.WriteNumberValue(value.Integer);
                break;
            case SlotKind.Real when double.IsFinite(value.Real):
                WriteReal(value.Real);
                break;
            case SlotKind.Real:
                _writer.WriteStringValue(value.Real.ToString("R"));
                break;
            case SlotKind.Number or SlotKind.Json:
                _writer.WriteRawValue(value.Span, skipInputValidation: true);
                break;
            default:
                _writer.WriteStringValue(value.Span);
                break;
        }
    }

    // Doubles with few decimals, coordinates above all, by integer arithmetic; the text is the same shortest one.
    private void WriteReal(double number)
    {
        if (!Micros.TryShort(number, out long micros) || (micros == 0 && double.IsNegative(number)))
        {
            _writer.WriteNumberValue(number);
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
        _writer.WriteRawValue(text[at..], skipInputValidation: true);
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
