using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace AdvertiseX.Decoding.Avro;

/// <summary>Turns the JSON defaults of a reader's fields into Avro's binary form. For one schema; not
/// thread-safe.</summary>
internal sealed class AvroDefaultEncoder
{
    /// <summary>Bytes that the defaults of a schema may have together.</summary>
    public const int MaxBytes = 16 << 20;

    private const int MaxNesting = 64;

    // Defaults of records in each other multiply: sixty lines of a schema can mean more values than fit anywhere.
    private const int MaxValues = 1 << 20;

    private int _valuesLeft = MaxValues;
    private int _bytesLeft = MaxBytes;

    /// <exception cref="AvroSchemaException">The default does not fit the field's type, or the defaults are too
    /// long.</exception>
    public byte[] Encode(AvroField field)
    {
        using var bytes = new Output { ValuesLeft = _valuesLeft, BytesLeft = _bytesLeft };
        var fits = TryWrite(field.Schema, field.Default!.Value, bytes, 0);
        (_valuesLeft, _bytesLeft) = (bytes.ValuesLeft, bytes.BytesLeft);
        if (_valuesLeft < 0 || _bytesLeft < 0)
            throw new AvroSchemaException(
                $"the defaults up to field '{field.Name}' are too long; allowed are {MaxValues} values and {MaxBytes} bytes in a schema"
            );
        if (!fits)
            throw new AvroSchemaException(
                $"the default of field '{field.Name}' is '{field.Default}'; it must be a {field.Schema.Type}"
            );
        return AvroResolver.Pinned(bytes.ToArray());
    }

    private static bool TryWrite(AvroSchema schema, JsonElement value, Output to, int depth)
    {
        if (depth > MaxNesting || --to.ValuesLeft < 0 || to.BytesLeft < 0)
            return false;
        return schema.Type switch
        {
            AvroType.Null => value.ValueKind == JsonValueKind.Null,
            AvroType.Boolean => TryWriteBoolean(value, to),
            AvroType.Int => IsNumber(value) && value.TryGetInt32(out var number) && WriteLong(number, to),
            AvroType.Long => IsNumber(value) && value.TryGetInt64(out var number) && WriteLong(number, to),
            AvroType.Float or AvroType.Double => TryWriteReal(schema.Type, value, to),
            AvroType.String => value.ValueKind == JsonValueKind.String
                && WriteBytes(Encoding.UTF8.GetBytes(value.GetString()!), to),
            AvroType.Bytes => TryLatin(value, out var bytes) && WriteBytes(bytes, to),
            AvroType.Fixed => TryLatin(value, out var bytes) && bytes.Length == schema.Size && Append(bytes, to),
            AvroType.Enum => TryWriteSymbol(schema, value, to),
            AvroType.Array => TryWriteArray(schema, value, to, depth),
            AvroType.Map => TryWriteMap(schema, value, to, depth),
            AvroType.Record => TryWriteRecord(schema, value, to, depth),
            _ => TryWriteUnion(schema, value, to, depth),
        };
    }

    private static bool IsNumber(JsonElement value) => value.ValueKind == JsonValueKind.Number;

    private static bool TryWriteBoolean(JsonElement value, Output to)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return false;
        return Append([value.GetBoolean() ? (byte)1 : (byte)0], to);
    }

    private static bool TryWriteReal(AvroType type, JsonElement value, Output to)
    {
        if (!IsNumber(value) || !value.TryGetDouble(out var number))
            return false;
        Span<byte> bytes = stackalloc byte[8];
        if (type == AvroType.Double)
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, number);
        else
            BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)number);
        return Append(bytes[..(type == AvroType.Double ? 8 : 4)], to);
    }

    private static bool TryWriteSymbol(AvroSchema schema, JsonElement value, Output to)
    {
        if (value.ValueKind != JsonValueKind.String)
            return false;
        for (var i = 0; i < schema.Symbols.Count; i++)
        {
            if (schema.Symbols[i] == value.GetString())
                return WriteLong(i, to);
        }

        return false;
    }

    private static bool TryWriteArray(AvroSchema schema, JsonElement value, Output to, int depth)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return false;
        if (value.GetArrayLength() > 0)
            WriteLong(value.GetArrayLength(), to);
        return value.EnumerateArray().All(item => TryWrite(schema.Item!, item, to, depth + 1)) && WriteLong(0, to);
    }

    private static bool TryWriteMap(AvroSchema schema, JsonElement value, Output to, int depth)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return false;
        var entries = value.EnumerateObject().ToArray();
        if (entries.Length > 0)
            WriteLong(entries.Length, to);
        return entries.All(e =>
                WriteBytes(Encoding.UTF8.GetBytes(e.Name), to) && TryWrite(schema.Item!, e.Value, to, depth + 1)
            ) && WriteLong(0, to);
    }

    private static bool TryWriteRecord(AvroSchema schema, JsonElement value, Output to, int depth)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return false;
        foreach (var field in schema.Fields)
        {
            var given = value.TryGetProperty(field.Name, out var own) ? own : field.Default;
            if (given is not { } present || !TryWrite(field.Schema, present, to, depth + 1))
                return false;
        }

        return true;
    }

    /// <summary>Before 1.12 a default was of the union's first branch; since then of any, and the first that fits is
    /// taken.</summary>
    private static bool TryWriteUnion(AvroSchema schema, JsonElement value, Output to, int depth)
    {
        for (var i = 0; i < schema.Branches.Count; i++)
        {
            var start = to.Length;
            WriteLong(i, to);
            if (TryWrite(schema.Branches[i], value, to, depth + 1))
                return true;
            to.SetLength(start);
        }

        return false;
    }

    /// <summary>Bytes are written as a text whose code points 0 to 255 are the bytes.</summary>
    private static bool TryLatin(JsonElement value, out byte[] bytes)
    {
        bytes = [];
        if (value.ValueKind != JsonValueKind.String || value.GetString()!.Any(c => c > 255))
            return false;
        bytes = Encoding.Latin1.GetBytes(value.GetString()!);
        return true;
    }

    private static bool WriteBytes(byte[] bytes, Output to) => WriteLong(bytes.Length, to) && Append(bytes, to);

    private static bool Append(ReadOnlySpan<byte> bytes, Output to)
    {
        to.BytesLeft -= bytes.Length;
        if (to.BytesLeft < 0)
            return false;
        to.Write(bytes);
        return true;
    }

    private static bool WriteLong(long value, Output to)
    {
        Span<byte> bytes = stackalloc byte[10];
        var length = 0;
        var rest = (ulong)((value << 1) ^ (value >> 63));
        for (; rest >= 0x80; rest >>= 7)
            bytes[length++] = (byte)(rest | 0x80);
        bytes[length++] = (byte)rest;
        return Append(bytes[..length], to);
    }

    /// <summary>The bytes, and how much may still be written; what was written in vain for a branch that does not fit
    /// counts too.</summary>
    private sealed class Output : MemoryStream
    {
        public int ValuesLeft { get; set; }

        public int BytesLeft { get; set; }
    }
}
