using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Unicode;

namespace AdvertiseX.Decoding.Avro;

/// <summary>
/// Renders values as <see cref="AvroJson"/> does, straight into given memory. Gives up, for AvroJson to do it all, on
/// anything that is wrong, needs an escape, or does not fit. Invariants: From ≤ end of the input, nothing at or past it
/// is read; nothing at or past the room's end is written.
/// </summary>
internal unsafe ref struct AvroQuickJson(byte* from, byte* end, byte* room, int roomBytes, long work, Utf8Output leaf)
{
    /// <summary>Room that is asked for before anything short is written.</summary>
    private const int Slack = 40;

    private readonly byte* _end = end;
    private readonly byte* _roomEnd = room + roomBytes;

    /// <summary>Where the input goes on.</summary>
    public byte* From = from;

    /// <summary>Where the output goes on.</summary>
    public byte* To = room;

    /// <summary>Taken from as by AvroJson.</summary>
    public long Work = work;

    public bool Value(AvroNode node, int depth)
    {
        if (depth >= AvroCursor.MaxDepth || _roomEnd - To < Slack)
            return false;
        if (node.Mismatch is not null)
            return Leaf(node, depth);
        switch (node.Wire)
        {
            case AvroType.Union:
                return AvroVarint.Read(ref From, _end, out var branch)
                    && (ulong)branch < (ulong)node.Branches.Length
                    && Value(node.Branches[branch], depth + 1);
            case AvroType.Array or AvroType.Map:
                return Items(node, depth);
            case AvroType.Record when node.Defaults.Length == 0:
                return Record(node, depth);
            case AvroType.Int
            or AvroType.Long
                when node.Logical == AvroLogicalType.None
                    && node.Reader.Type is not AvroType.Float and not AvroType.Double:
                return Integer();
            case AvroType.String
            or AvroType.Bytes when node.Reader.Type == AvroType.String && node.Logical != AvroLogicalType.Duration:
                var before = To;
                var good = Text();
                Work -= 1 + (To - before);
                return good;
            default:
                return Leaf(node, depth);
        }
    }

    /// <summary>Rarer values by AvroJson itself.</summary>
    private bool Leaf(AvroNode node, int depth)
    {
        var cursor = new AvroCursor(From, _end, Work);
        leaf.Clear();
        AvroJson.Value(ref cursor, node, leaf, depth);
        if (cursor.Fault != AvroFault.None || cursor.RecordFault != AvroFault.None || !Raw(leaf.Written))
            return false;
        From = cursor.At;
        Work = cursor.Work;
        return true;
    }

    private bool Raw(ReadOnlySpan<byte> text)
    {
        if (_roomEnd - To < text.Length)
            return false;
        text.CopyTo(new Span<byte>(To, text.Length));
        To += text.Length;
        return true;
    }

    private bool Integer()
    {
        if (!AvroVarint.Read(ref From, _end, out var value))
            return false;
        if ((ulong)value < 10)
        {
            *To++ = (byte)('0' + value);
            Work -= 2;
            return true;
        }

        // The slack is more than the longest number.
        Utf8Formatter.TryFormat(value, new Span<byte>(To, Slack), out var written);
        To += written;
        Work -= 1 + written;
        return true;
    }

    private bool Items(AvroNode node, int depth)
    {
        var isMap = node.Wire == AvroType.Map;
        var item = node.Item!;
        var minimum = item.MinBytes + (isMap ? 1 : 0);
        var any = false;
        *To++ = (byte)(isMap ? '{' : '[');
        while (true)
        {
            if (!Count(minimum, out var count))
                return false;
            if (count == 0)
                break;
            for (long i = 0; i < count; i++)
            {
                Work -= 2;
                // Room for the comma and the colon; values and texts ask for theirs.
                if (_roomEnd - To < Slack)
                    return false;
                if (any)
                    *To++ = (byte)',';
                any = true;
                if (isMap)
                {
                    if (!Text())
                        return false;
                    *To++ = (byte)':';
                }

                if (!Value(item, depth + 1))
                    return false;
            }
        }

        if (_roomEnd - To < 1)
            return false;
        *To++ = (byte)(isMap ? '}' : ']');
        return Work >= 0;
    }

    private bool Count(int minimum, out long count)
    {
        if (!AvroVarint.Read(ref From, _end, out count))
            return false;
        if (count < 0)
        {
            count = -count;
            if (count < 0 || !AvroVarint.Read(ref From, _end, out var bytes) || (ulong)bytes > (ulong)(_end - From))
                return false;
        }

        return minimum == 0 || count <= (_end - From) / minimum;
    }

    private bool Record(AvroNode node, int depth)
    {
        var any = false;
        *To++ = (byte)'{';
        foreach (var field in node.Fields)
        {
            if (!field.Wanted)
            {
                var cursor = new AvroCursor(From, _end, Work);
                AvroSkip.Value(ref cursor, field.Node, depth + 1);
                if (cursor.Fault != AvroFault.None)
                    return false;
                From = cursor.At;
                Work = cursor.Work;
                continue;
            }

            if (_roomEnd - To < 1)
                return false;
            if (any)
                *To++ = (byte)',';
            any = true;
            Work -= field.JsonKey.Length;
            if (!Raw(field.JsonKey) || !Value(field.Node, depth + 1))
                return false;
        }

        if (_roomEnd - To < 1)
            return false;
        *To++ = (byte)'}';
        return Work >= 0;
    }

    /// <summary>A text and its quotes, with a byte of room left behind it.</summary>
    private bool Text()
    {
        if (
            !AvroVarint.Read(ref From, _end, out var wanted)
            || (ulong)wanted > (ulong)(_end - From)
            || _roomEnd - To < wanted + Slack
        )
            return false;
        var length = (int)wanted;
        *To++ = (byte)'"';
        if (length > 32 || _end - From < 32 || !CopyShort(length))
        {
            var text = new ReadOnlySpan<byte>(From, length);
            if (!Utf8.IsValid(text) || text.ContainsAny(Utf8Output.Escaped))
                return false;
            text.CopyTo(new Span<byte>(To, length));
        }

        From += length;
        To += length;
        *To++ = (byte)'"';
        return true;
    }

    /// <summary>Copies 32 bytes, of which the text is the first; false where one of it is not ASCII or needs an
    /// escape.</summary>
    private readonly bool CopyShort(int length)
    {
        Vector128<byte> a = Vector128.Load(From),
            b = Vector128.Load(From + 16);
        a.Store(To);
        b.Store(To + 16);
        var special = Special(a) | (Special(b) << 16);
        return (special & ((1UL << length) - 1)) == 0;
    }

    private static ulong Special(Vector128<byte> text) =>
        // As signed bytes, what is not ASCII is less than a blank too.
        (
            Vector128.LessThan(text.AsSByte(), Vector128.Create((sbyte)0x20)).AsByte()
            | Vector128.Equals(text, Vector128.Create((byte)'"'))
            | Vector128.Equals(text, Vector128.Create((byte)'\\'))
        ).ExtractMostSignificantBits();
}
