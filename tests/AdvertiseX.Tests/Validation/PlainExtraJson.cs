using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AdvertiseX.Records;

namespace AdvertiseX.Tests.Validation;

/// <summary>All by Utf8JsonWriter: what the product's way is checked against.</summary>
internal sealed class PlainExtraJson : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;
    private int[] _order = new int[16];

    public PlainExtraJson() =>
        _writer = new Utf8JsonWriter(
            _buffer,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }
        );

    /// <summary>The object's text, valid until the next call; empty when every such field is null.</summary>
    public ReadOnlySpan<byte> Render(RecordSlots record)
    {
        var fields = record.Unmapped;
        Sort(record, fields);
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        _writer.WriteStartObject();
        var written = 0;
        for (var i = 0; i < fields.Length; i++)
        {
            ref readonly var field = ref fields[_order[i]];
            if (field.Value.Kind <= SlotKind.Null)
                continue;
            _writer.WritePropertyName(record.UnmappedNames[field.Name]);
            Write(field.Value);
            written++;
        }

        _writer.WriteEndObject();
        _writer.Flush();
        return written == 0 ? default : _buffer.WrittenSpan;
    }

    public void Dispose() => _writer.Dispose();

    // Numbers below a ten-thousandth are written out in full, not with an exponent, as far as six decimals reach.
    private void WriteReal(double number)
    {
        if (Math.Abs(number) is 0 or >= 1e-4)
            _writer.WriteNumberValue(number);
        else
            _writer.WriteRawValue(
                Math.Round(number, 6) == number
                    ? number.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture)
                    : System.Text.Json.JsonSerializer.Serialize(number),
                skipInputValidation: true
            );
    }

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

    // Insertion sort: records have few such fields, mostly in one order. Stable, so that of equal names the order
    // stays.
    private void Sort(RecordSlots record, ReadOnlySpan<UnmappedField> fields)
    {
        if (_order.Length < fields.Length)
            _order = new int[fields.Length * 2];
        for (var i = 0; i < fields.Length; i++)
        {
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
}
