using System.Text;

namespace AdvertiseX.Decoding.Avro;

/// <summary>Parsing canonical form and CRC-64-AVRO (specification 1.12, "Schema Fingerprints").</summary>
internal static class AvroCanonicalForm
{
    private const ulong Empty = 0xC15D213AA4D7A795;
    private static readonly ulong[] s_table = BuildTable();

    public static string Of(AvroSchema schema)
    {
        var text = new StringBuilder();
        Write(schema, text, new HashSet<AvroSchema>(ReferenceEqualityComparer.Instance));
        return text.ToString();
    }

    public static ulong Fingerprint(ReadOnlySpan<byte> canonical)
    {
        var fingerprint = Empty;
        foreach (var b in canonical)
            fingerprint = (fingerprint >> 8) ^ s_table[(byte)(fingerprint ^ b)];
        return fingerprint;
    }

    private static void Write(AvroSchema schema, StringBuilder text, HashSet<AvroSchema> written)
    {
        switch (schema.Type)
        {
            case AvroType.Union:
                text.Append('[');
                WriteAll(schema.Branches, text, b => Write(b, text, written));
                text.Append(']');
                break;
            case AvroType.Array or AvroType.Map:
                text.Append(
                    schema.Type == AvroType.Array ? "{\"type\":\"array\",\"items\":" : "{\"type\":\"map\",\"values\":"
                );
                Write(schema.Item!, text, written);
                text.Append('}');
                break;
            case AvroType.Record or AvroType.Enum or AvroType.Fixed when written.Add(schema):
                WriteNamed(schema, text, written);
                break;
            case AvroType.Record or AvroType.Enum or AvroType.Fixed:
                WriteText(schema.Name, text);
                break;
            default:
                WriteText(TypeName(schema), text);
                break;
        }
    }

    private static void WriteNamed(AvroSchema schema, StringBuilder text, HashSet<AvroSchema> written)
    {
        text.Append("{\"name\":");
        WriteText(schema.Name, text);
        text.Append(",\"type\":");
        WriteText(TypeName(schema), text);
        switch (schema.Type)
        {
            case AvroType.Fixed:
                text.Append(",\"size\":").Append(schema.Size);
                break;
            case AvroType.Enum:
                text.Append(",\"symbols\":[");
                WriteAll(schema.Symbols, text, s => WriteText(s, text));
                text.Append(']');
                break;
            default:
                text.Append(",\"fields\":[");
                WriteAll(
                    schema.Fields,
                    text,
                    f =>
                    {
                        text.Append("{\"name\":");
                        WriteText(f.Name, text);
                        text.Append(",\"type\":");
                        Write(f.Schema, text, written);
                        text.Append('}');
                    }
                );
                text.Append(']');
                break;
        }

        text.Append('}');
    }

    private static void WriteAll<T>(IReadOnlyList<T> items, StringBuilder text, Action<T> write)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                text.Append(',');
            write(items[i]);
        }
    }

    private static void WriteText(string value, StringBuilder text) => text.Append('"').Append(value).Append('"');

    private static string TypeName(AvroSchema schema) => schema.Type.ToString().ToLowerInvariant();

    private static ulong[] BuildTable()
    {
        var table = new ulong[256];
        for (var i = 0; i < 256; i++)
        {
            var value = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
                value = (value >> 1) ^ (Empty & (0 - (value & 1)));
            table[i] = value;
        }

        return table;
    }
}
