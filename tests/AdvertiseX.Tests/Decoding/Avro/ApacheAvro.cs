using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Avro;
using Avro.File;
using Avro.Generic;

namespace AdvertiseX.Tests.Decoding.Avro;

/// <summary>Apache's own library as the other side: it writes and reads container files, and says what their values
/// are.</summary>
internal static class ApacheAvro
{
    static ApacheAvro() => Codec.RegisterResolver(name => OtherCodec.Of(name));

    /// <summary>Writes records of random values, in blocks of a few records.</summary>
    public static byte[] Write(RecordSchema schema, string codec, IReadOnlyList<GenericRecord> records, Random random)
    {
        using var file = new MemoryStream();
        using (
            var writer = DataFileWriter<GenericRecord>.OpenWriter(
                new GenericDatumWriter<GenericRecord>(schema),
                file,
                CodecOf(codec),
                leaveOpen: true
            )
        )
        {
            foreach (var record in records)
            {
                writer.Append(record);
                if (random.Next(5) == 0)
                    writer.Sync();
            }
        }

        return file.ToArray();
    }

    public static List<GenericRecord> Read(byte[] file, Schema? reader = null)
    {
        using var records = DataFileReader<GenericRecord>.OpenReader(new MemoryStream(file), reader);
        return [.. records.NextEntries];
    }

    /// <summary>A random value of a schema, as the library wants it.</summary>
    public static object? Value(Schema schema, Random random)
    {
        switch (schema)
        {
            case LogicalSchema logical:
                return Logical(logical, random);
            case RecordSchema record:
                var value = new GenericRecord(record);
                foreach (var field in record.Fields)
                    value.Add(field.Name, Value(field.Schema, random));
                return value;
            case EnumSchema symbols:
                return new GenericEnum(symbols, symbols[random.Next(symbols.Count)]);
            case FixedSchema fixedBytes:
                return new GenericFixed(fixedBytes, Bytes(random, fixedBytes.Size));
            case ArraySchema array:
                return Enumerable.Range(0, random.Next(5)).Select(_ => Value(array.ItemSchema, random)).ToArray();
            case MapSchema map:
                var keys = Enumerable.Range(0, random.Next(5)).Select(i => $"{Text(random)}{i}");
                return keys.ToDictionary(key => key, _ => Value(map.ValueSchema, random)!);
            case UnionSchema union:
                return Value(union[random.Next(union.Count)], random);
        }

        return schema.Tag switch
        {
            Schema.Type.Null => null,
            Schema.Type.Boolean => random.Next(2) == 0,
            Schema.Type.Int => random.Next(int.MinValue, int.MaxValue) >> random.Next(32),
            Schema.Type.Long => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
            Schema.Type.Float => random.Next(30) == 0
                ? float.NaN
                : (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 30))),
            Schema.Type.Double => random.Next(30) == 0
                ? double.NegativeInfinity
                : (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-300, 300)),
            Schema.Type.Bytes => Bytes(random, random.Next(random.Next(10) == 0 ? 3000 : 12)),
            Schema.Type.String => Text(random),
            var other => throw new NotSupportedException($"no values of {other}"),
        };
    }

    /// <summary>A value as JSON, by the rules of our reader: decimals are strings, times ISO text with microseconds,
    /// bytes hex.</summary>
    public static void Render(object? value, Schema schema, Utf8JsonWriter to)
    {
        switch (schema)
        {
            case UnionSchema union:
                Render(value, union.Schemas.First(branch => Fits(value, branch)), to);
                return;
            case LogicalSchema logical:
                to.WriteStringValue(LogicalText(value!, logical.LogicalTypeName));
                return;
            case RecordSchema record:
                to.WriteStartObject();
                foreach (var field in record.Fields)
                {
                    to.WritePropertyName(field.Name);
                    Render(((GenericRecord)value!)[field.Name], field.Schema, to);
                }

                to.WriteEndObject();
                return;
            case ArraySchema array:
                to.WriteStartArray();
                foreach (var item in (System.Collections.IEnumerable)value!)
                    Render(item, array.ItemSchema, to);
                to.WriteEndArray();
                return;
            case MapSchema map:
                to.WriteStartObject();
                foreach (var (key, item) in (IDictionary<string, object>)value!)
                {
                    to.WritePropertyName(key);
                    Render(item, map.ValueSchema, to);
                }

                to.WriteEndObject();
                return;
        }

        switch (value)
        {
            case null:
                to.WriteNullValue();
                break;
            case bool flag:
                to.WriteBooleanValue(flag);
                break;
            case int number:
                to.WriteNumberValue(number);
                break;
            case long number:
                to.WriteNumberValue(number);
                break;
            case float real when !float.IsFinite(real):
                to.WriteStringValue(real.ToString(CultureInfo.InvariantCulture));
                break;
            case double real when !double.IsFinite(real):
                to.WriteStringValue(real.ToString(CultureInfo.InvariantCulture));
                break;
            // With a point or an exponent, so that whoever compares knows a real number.
            case float real:
                to.WriteRawValue(real.ToString("E8", CultureInfo.InvariantCulture));
                break;
            case double real:
                to.WriteRawValue(real.ToString("E16", CultureInfo.InvariantCulture));
                break;
            case string text:
                to.WriteStringValue(text);
                break;
            case byte[] bytes:
                to.WriteStringValue(Convert.ToHexStringLower(bytes));
                break;
            case GenericFixed bytes:
                to.WriteStringValue(Convert.ToHexStringLower(bytes.Value));
                break;
            case GenericEnum symbol:
                to.WriteStringValue(symbol.Value);
                break;
            default:
                throw new NotSupportedException($"no JSON for {value.GetType()}");
        }
    }

    public static JsonElement Json(GenericRecord record)
    {
        using var text = new MemoryStream();
        using (var to = new Utf8JsonWriter(text))
            Render(record, record.Schema, to);
        return JsonDocument.Parse(text.ToArray()).RootElement;
    }

    /// <summary>Whether two JSON values are the same: integers to the digit, real numbers to the bit (of a float, if
    /// that is what it was).</summary>
    public static bool Same(JsonElement expected, JsonElement found)
    {
        if (expected.ValueKind != found.ValueKind)
            return false;
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                return expected.EnumerateObject().Count() == found.EnumerateObject().Count()
                    && expected
                        .EnumerateObject()
                        .All(field => found.TryGetProperty(field.Name, out var other) && Same(field.Value, other));
            case JsonValueKind.Array:
                return expected.GetArrayLength() == found.GetArrayLength()
                    && expected.EnumerateArray().Zip(found.EnumerateArray()).All(pair => Same(pair.First, pair.Second));
            case JsonValueKind.Number:
                var text = expected.GetRawText();
                return !text.Contains('E') ? text == found.GetRawText()
                    : text.Length < 20 ? expected.GetSingle().Equals(found.GetSingle())
                    : expected.GetDouble().Equals(found.GetDouble());
            case JsonValueKind.String:
                return expected.GetString() == found.GetString();
            default:
                return true;
        }
    }

    private static Codec CodecOf(string name) => OtherCodec.Of(name) ?? Codec.CreateCodecFromString(name);

    private static bool Fits(object? value, Schema branch) =>
        (branch.Tag, value) switch
        {

            (Schema.Type.Null, null)
            or
            (Schema.Type.Boolean, bool)
            or
            (Schema.Type.Int, int)
            or
            (Schema.Type.Long, long)
            or
            (Schema.Type.Float, float)
            or
            (Schema.Type.Double, double)
            or
            (Schema.Type.String, string)
            or
            (Schema.Type.Bytes, byte[])
            or (Schema.Type.Map, IDictionary<string, object>) => true,
            (Schema.Type.Array, Array) => value is not byte[],
            (Schema.Type.Record, GenericRecord record) => record.Schema.Name == branch.Name,
            (Schema.Type.Enumeration, GenericEnum symbol) => symbol.Schema.Name == branch.Name,
            (Schema.Type.Fixed, GenericFixed bytes) => bytes.Schema.Name == branch.Name,
            (Schema.Type.Logical, DateTime or AvroDecimal or Guid or TimeSpan) => true,
            _ => false,
        };

    private static object Logical(LogicalSchema schema, Random random) =>
        schema.LogicalTypeName switch
        {
            "decimal" => new AvroDecimal(
                new BigInteger(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64)),
                Scale(schema)
            ),
            "uuid" => new Guid(Bytes(random, 16)),
            "date" => Instant(random, TimeSpan.TicksPerDay).Date,
            "time-millis" => new TimeSpan(random.NextInt64(86_400_000) * TimeSpan.TicksPerMillisecond),
            "time-micros" => new TimeSpan(random.NextInt64(86_400_000_000) * TimeSpan.TicksPerMicrosecond),
            "timestamp-millis" => Instant(random, TimeSpan.TicksPerMillisecond),
            "timestamp-micros" => Instant(random, TimeSpan.TicksPerMicrosecond),
            // The library takes these for the zone of the machine; the tests' machines may have any.
            "local-timestamp-millis" => Instant(random, TimeSpan.TicksPerMillisecond).ToLocalTime(),
            "local-timestamp-micros" => Instant(random, TimeSpan.TicksPerMicrosecond).ToLocalTime(),
            var other => throw new NotSupportedException($"no values of {other}"),
        };

    private static string LogicalText(object value, string type) =>
        (value, type) switch
        {
            (AvroDecimal number, _) => Decimal(number.UnscaledValue, number.Scale),
            (Guid id, _) => id.ToString(),
            (TimeSpan time, _) => time.ToString(@"hh\:mm\:ss\.ffffff", CultureInfo.InvariantCulture),
            (DateTime time, "date") => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            (DateTime time, "timestamp-millis" or "timestamp-micros") => time.ToString(
                "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'",
                CultureInfo.InvariantCulture
            ),
            (DateTime time, _) => time.ToUniversalTime()
                .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
            _ => throw new NotSupportedException($"no text for {value.GetType()} as {type}"),
        };

    private static string Decimal(BigInteger unscaled, int scale)
    {
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var point = scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}";
        return unscaled.Sign < 0 ? "-" + point : point;
    }

    private static int Scale(LogicalSchema schema) =>
        int.Parse(schema.GetProperty("scale") ?? "0", CultureInfo.InvariantCulture);

    private static DateTime Instant(Random random, long ticks) =>
        new(
            random.NextInt64(new DateTime(1901, 1, 1).Ticks, new DateTime(2199, 1, 1).Ticks) / ticks * ticks,
            DateTimeKind.Utc
        );

    private static string Text(Random random) =>
        random.Next(8) switch
        {
            0 => "",
            1 => "ключ \"ü\"\n\\" + new string('ß', random.Next(40)),
            2 => new string('x', random.Next(3000)),
            3 => "\U0001F600" + random.Next(),
            _ => new string((char)random.Next(0x20, 0x7F), random.Next(30)),
        };

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
