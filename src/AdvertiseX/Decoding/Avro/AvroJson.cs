using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace AdvertiseX.Decoding.Avro;

/// <summary>
/// Renders values as JSON: the way complex values take into a column, and, for whole records, the plain slow path that
/// the slot decoder is checked against. Decimals are strings, timestamps UTC text with microseconds, bytes and fixed
/// hex, enums their symbol, a union its value alone; numbers that JSON does not have (NaN, infinities) are strings.
/// </summary>
internal static unsafe class AvroJson
{
    /// <summary>Renders the value at the cursor. Faults are the cursor's; the output is of use only if there is
    /// none.</summary>
    public static void Value(ref AvroCursor cursor, AvroNode node, Utf8Output to, int depth = 0)
    {
        var before = to.Length;
        if (depth >= AvroCursor.MaxDepth)
        {
            cursor.Fail(AvroFault.TooDeep);
            return;
        }

        if (node.Mismatch is not null)
        {
            cursor.FailRecord(AvroFault.Mismatch, node.Mismatch);
            AvroSkip.Value(ref cursor, node, depth);
            to.Write("null"u8);
            return;
        }

        switch (node.Wire)
        {
            case AvroType.Union:
                var branch = cursor.Index(node.Branches.Length);
                if (cursor.Fault == AvroFault.None)
                    Value(ref cursor, node.Branches[branch], to, depth + 1);
                break;
            case AvroType.Array or AvroType.Map:
                Items(ref cursor, node, to, depth);
                break;
            case AvroType.Record:
                Record(ref cursor, node, to, depth);
                break;
            default:
                Scalar(ref cursor, node, to);
                cursor.Spend(1 + to.Length - before);
                break;
        }

        if (to.Overflowed)
            cursor.Fail(AvroFault.TooLarge);
    }

    private static void Record(ref AvroCursor cursor, AvroNode node, Utf8Output to, int depth)
    {
        var first = true;
        to.Write((byte)'{');
        foreach (var field in node.Fields)
        {
            if (cursor.Fault != AvroFault.None)
                return;
            if (!field.Wanted)
            {
                AvroSkip.Value(ref cursor, field.Node, depth + 1);
                continue;
            }

            Key(ref cursor, field.JsonKey, ref first, to);
            Value(ref cursor, field.Node, to, depth + 1);
        }

        foreach (var missing in node.Defaults)
        {
            Key(ref cursor, missing.JsonKey, ref first, to);
            var pinned = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(missing.Binary, 0);
            var own = new AvroCursor(pinned, pinned + missing.Binary.Length, cursor.Work);
            Value(ref own, missing.Node, to, depth + 1);
            cursor.Work = own.Work;
            if (own.Fault != AvroFault.None)
                cursor.Fail(own.Fault);
        }

        to.Write((byte)'}');
    }

    private static void Key(ref AvroCursor cursor, byte[] key, ref bool first, Utf8Output to)
    {
        if (!first)
            to.Write((byte)',');
        first = false;
        to.Write(key);
        cursor.Spend(key.Length);
    }

    private static void Items(ref AvroCursor cursor, AvroNode node, Utf8Output to, int depth)
    {
        var isMap = node.Wire == AvroType.Map;
        var item = node.Item!;
        var any = false;
        to.Write((byte)(isMap ? '{' : '['));
        while (cursor.Count(item.MinBytes + (isMap ? 1 : 0), out _) is > 0 and var count)
        {
            for (long i = 0; i < count && cursor.Fault == AvroFault.None && cursor.Spend(2); i++)
            {
                if (any)
                    to.Write((byte)',');
                any = true;
                if (isMap)
                {
                    var key = cursor.Bytes(out var length);
                    Text(ref cursor, new ReadOnlySpan<byte>(key, length), to);
                    to.Write((byte)':');
                }

                Value(ref cursor, item, to, depth + 1);
            }
        }

        to.Write((byte)(isMap ? '}' : ']'));
    }

    private static void Scalar(ref AvroCursor cursor, AvroNode node, Utf8Output to)
    {
        switch (node.Wire)
        {
            case AvroType.Null:
                to.Write("null"u8);
                break;
            case AvroType.Boolean:
                to.Write(cursor.Boolean() ? "true"u8 : "false"u8);
                break;
            case AvroType.Int or AvroType.Long:
                Integer(cursor.Long(), node, to);
                break;
            case AvroType.Float when node.Reader.Type == AvroType.Float:
                var single = cursor.Float();
                if (!AvroText.Real(single, to))
                    NotANumber(single, to);
                break;
            case AvroType.Float or AvroType.Double:
                var real = node.Wire == AvroType.Float ? cursor.Float() : cursor.Double();
                if (!AvroText.Real(real, to))
                    NotANumber(real, to);
                break;
            case AvroType.Enum:
                Symbol(ref cursor, node, to);
                break;
            default:
                var bytes = node.Wire == AvroType.Fixed ? cursor.Take(node.Writer.Size) : cursor.Bytes(out _);
                Bytes(
                    ref cursor,
                    node,
                    bytes is null ? [] : new ReadOnlySpan<byte>(bytes, (int)(cursor.At - bytes)),
                    to
                );
                break;
        }
    }

    private static void Symbol(ref AvroCursor cursor, AvroNode node, Utf8Output to)
    {
        var index = cursor.Index(node.Symbols.Length);
        if (cursor.Fault != AvroFault.None)
            return;
        if (node.Symbols[index] is { } symbol)
            to.Write(symbol);
        else
            cursor.FailRecord(AvroFault.Mismatch, UnknownSymbol(node, index));
    }

    public static string UnknownSymbol(AvroNode node, int index) =>
        $"the reader's enum {node.Reader.Name} has no symbol '{node.Writer.Symbols[index]}' and no default";

    private static void Integer(long value, AvroNode node, Utf8Output to)
    {
        if (node.Reader.Type is AvroType.Float or AvroType.Double)
        {
            if (node.Reader.Type == AvroType.Float)
                AvroText.Real((float)value, to);
            else
                AvroText.Real((double)value, to);
            return;
        }

        var start = to.Length;
        to.Write((byte)'"');
        var rendered =
            AvroText.ToMicros(node.Logical, value, out var micros)
            && node.Logical switch
            {
                AvroLogicalType.Date => AvroText.Date(value, to),
                AvroLogicalType.TimeMillis or AvroLogicalType.TimeMicros => AvroText.TimeOfDay(micros, to),
                >= AvroLogicalType.TimestampMillis and <= AvroLogicalType.LocalTimestampNanos => AvroText.Timestamp(
                    micros,
                    to
                ),
                _ => false,
            };
        if (!rendered)
        {
            to.Advance(start - to.Length);
            to.Write(value);
            return;
        }

        if (node.Logical is >= AvroLogicalType.TimestampMillis and <= AvroLogicalType.TimestampNanos)
            to.Write((byte)'Z');
        to.Write((byte)'"');
    }

    private static void Bytes(ref AvroCursor cursor, AvroNode node, ReadOnlySpan<byte> bytes, Utf8Output to)
    {
        if (cursor.Fault != AvroFault.None)
            return;
        if (node.Logical == AvroLogicalType.Duration)
        {
            AvroText.Duration(bytes, to);
            return;
        }

        if (node.Reader.Type == AvroType.String)
        {
            Text(ref cursor, bytes, to);
            return;
        }

        to.Write((byte)'"');
        if (node.Logical == AvroLogicalType.Uuid)
            AvroText.Uuid(bytes, to);
        else if (node.Logical != AvroLogicalType.Decimal || !AvroText.Decimal(bytes, node.Reader.Scale, to))
            AvroText.Hex(bytes, to);
        to.Write((byte)'"');
    }

    private static void Text(ref AvroCursor cursor, ReadOnlySpan<byte> text, Utf8Output to)
    {
        if (!Utf8.IsValid(text))
            cursor.FailRecord(AvroFault.BadText);
        to.WriteJsonText(text);
    }

    private static void NotANumber(double value, Utf8Output to) =>
        to.Write(
            double.IsNaN(value) ? "\"NaN\""u8
            : value > 0 ? "\"Infinity\""u8
            : "\"-Infinity\""u8
        );
}
