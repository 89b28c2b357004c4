using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Unicode;
using AdvertiseX.Records;

namespace AdvertiseX.Decoding.Avro;

/// <summary>
/// The fast way: runs the plan's ops over a datum. Where anything is wrong it takes everything back and the plain walk
/// reads the datum anew and says what; so the two can only differ in datums that are good, and a property test compares
/// those.
/// </summary>
internal sealed unsafe partial class AvroSlotDecoder
{
    /// <summary>Room for one value rendered as JSON; longer ones are rendered by the plain walk.</summary>
    private const int JsonRoom = 8 << 10;

    private readonly AvroOp[] _program = AvroProgram.Compile(root);
    private long _work;
    private byte* _rendered;
    private int _renderedLength;

    /// <summary>The ops.</summary>
    public IReadOnlyList<AvroOp> Program => _program;

    private bool TryProgram(ref AvroCursor cursor)
    {
        _work = cursor.Work;
        var end = Execute(cursor.At, cursor.End);
        if (end != null && _work >= 0)
        {
            cursor.At = end;
            cursor.Work = _work;
            return true;
        }

        _record.Discard();
        _itemCount = 0;
        _itemsStep = null;
        _faulted = null;
        return false;
    }

    /// <summary>Runs the program; null where the datum is not good. Invariant: p ≤ end, and nothing at or past end is
    /// read: every read below stands behind a comparison of what it takes with what is left.</summary>
    private byte* Execute(byte* p, byte* end)
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(_program);
        var length = _program.Length;
        for (var at = 0; at < length; )
        {
            ref readonly var op = ref Unsafe.Add(ref first, at);
            at++;
            if (op.Optional)
            {
                if (p >= end)
                    return null;
                var branch = *p++;
                if (branch != op.Present)
                {
                    if (branch != op.Absent)
                        return null;
                    if (op.Slot >= 0)
                        Deliver(op, (ulong)SlotKind.Null, 0);
                    at = op.Next;
                    continue;
                }
            }

            long number;
            ulong head,
                body;
            switch (op.Code)
            {
                case AvroOpCode.Enter:
                    continue;
                case AvroOpCode.Jump:
                    at = op.Next;
                    continue;
                case AvroOpCode.Branch:
                    if (!AvroVarint.Read(ref p, end, out number) || (ulong)number >= (ulong)op.Branches!.Length)
                        return null;
                    at = op.Branches[number];
                    continue;
                case AvroOpCode.SkipVarint:
                    if (!AvroVarint.Read(ref p, end, out number))
                        return null;
                    continue;
                case AvroOpCode.SkipBytes:
                    if (!AvroVarint.Read(ref p, end, out number) || (ulong)number > (ulong)(end - p))
                        return null;
                    p += number;
                    continue;
                case AvroOpCode.SkipFixed:
                    if (op.Size > end - p)
                        return null;
                    p += op.Size;
                    continue;
                case AvroOpCode.Null:
                    if (op.Slot >= 0)
                        Deliver(op, (ulong)SlotKind.Null, 0);
                    continue;
                case AvroOpCode.Boolean:
                    if (p >= end || *p > 1)
                        return null;
                    head = *p++ == 1 ? (ulong)SlotKind.True : (ulong)SlotKind.False;
                    body = 0;
                    break;
                case AvroOpCode.Integer:
                    if (!AvroVarint.Read(ref p, end, out number))
                        return null;
                    head = (ulong)SlotKind.Integer;
                    body = (ulong)number;
                    break;
                case AvroOpCode.Timestamp:
                    if (!AvroVarint.Read(ref p, end, out number))
                        return null;
                    head = AvroText.ToMicros(op.Step.Node.Logical, number, out var micros)
                        ? (ulong)SlotKind.TimestampMicros
                        : (ulong)SlotKind.Integer;
                    body = (ulong)(head == (ulong)SlotKind.Integer ? number : micros);
                    break;
                case AvroOpCode.Float:
                    if (end - p < sizeof(float))
                        return null;
                    double floatValue = Unsafe.ReadUnaligned<float>(p);
                    if (!double.IsFinite(floatValue))
                        goto default;
                    head = (ulong)SlotKind.Real;
                    body = BitConverter.DoubleToUInt64Bits(floatValue);
                    p += sizeof(float);
                    break;
                case AvroOpCode.Double:
                    if (end - p < sizeof(double))
                        return null;
                    var doubleValue = Unsafe.ReadUnaligned<double>(p);
                    if (!double.IsFinite(doubleValue))
                        goto default;
                    head = (ulong)SlotKind.Real;
                    body = BitConverter.DoubleToUInt64Bits(doubleValue);
                    p += sizeof(double);
                    break;
                case AvroOpCode.Symbol:
                    if (
                        !AvroVarint.Read(ref p, end, out number)
                        || (ulong)number >= (ulong)op.Step.Node.Symbols.Length
                        || op.Step.Node.Symbols[number] is not { } symbol
                    )
                        return null;
                    // Pinned when the plan was made; the quotes are left out.
                    head = TextHead(SlotKind.Text, symbol.Length - 2);
                    body = (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(symbol)) + 1;
                    break;
                case AvroOpCode.Text:
                    if (
                        !AvroVarint.Read(ref p, end, out number)
                        || (ulong)number > (ulong)(end - p)
                        || !IsText(p, (int)number, end)
                    )
                        return null;
                    head = TextHead(SlotKind.Text, number);
                    body = (ulong)p;
                    p += number;
                    break;
                case AvroOpCode.Decimal:
                    if (
                        p >= end
                        || *p is 0 or > 16
                        || (*p & 1) != 0
                        || *p >> 1 > end - p - 1
                        || op.Step.Node.Reader.Scale > 18
                    )
                        goto default;
                    Decimal(p + 1, *p >> 1, op.Step.Node.Reader.Scale);
                    head = TextHead(SlotKind.Number, _renderedLength);
                    body = (ulong)_rendered;
                    p += 1 + (*p >> 1);
                    break;
                case AvroOpCode.Json:
                    if (Json(p, end, op.Step.Node) is var next && next == null)
                        goto default;
                    head = TextHead(SlotKind.Json, _renderedLength);
                    body = (ulong)_rendered;
                    p = next;
                    break;
                default:
                    p = Plain(p, end, op.Step);
                    if (p == null)
                        return null;
                    at = op.Next;
                    continue;
            }

            Deliver(op, head, body);
        }

        return p;
    }

    private static ulong TextHead(SlotKind kind, long length) => (ulong)kind | ((ulong)length << 32);

    /// <summary>Stores a slot given as its two words. As one vector: what is written in parts and soon read as a whole
    /// waits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Deliver(in AvroOp op, ulong head, ulong body)
    {
        if (op.Slot >= 0)
        {
            var slot = _record.Slots + op.Slot;
            head |= (ulong)op.Rank << 8;
            if (slot->Kind == SlotKind.Absent)
                Vector128.Create(head, body).Store((ulong*)slot);
            else
                DeliverAgain(op.Step.Slot!, head, body);
        }
        else
        {
            Unmapped(op.Step, head, body);
        }
    }

    private void DeliverAgain(Contracts.FieldNode slot, ulong head, ulong body)
    {
        Slot value;
        Vector128.Create(head, body).Store((ulong*)&value);
        _record.Set(slot, value);
    }

    private void Unmapped(AvroSlotStep step, ulong head, ulong body)
    {
        Slot value;
        Vector128.Create(head, body).Store((ulong*)&value);
        if (step.Path.UnmappedName < 0)
            Deliver(step, ref value);
        else
            _record.AddUnmapped(step.Path.UnmappedName, value);
    }

    /// <summary>A value by the plain walk; null if that finds anything wrong.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* Plain(byte* p, byte* end, AvroSlotStep step)
    {
        var cursor = new AvroCursor(p, end, _work);
        Run(ref cursor, step);
        _work = cursor.Work;
        return cursor.Fault == AvroFault.None && cursor.RecordFault == AvroFault.None ? cursor.At : null;
    }

    private byte* Json(byte* p, byte* end, AvroNode node)
    {
        var scratch = _record.Scratch;
        var room = scratch.Take(JsonRoom);
        var json = new AvroQuickJson(p, end, room, JsonRoom, _work, _text);
        if (!json.Value(node, 0))
        {
            scratch.GiveBack(JsonRoom);
            return null;
        }

        var length = (int)(json.To - room);
        scratch.GiveBack(JsonRoom - length);
        _work = json.Work;
        _rendered = room;
        _renderedLength = length;
        return json.From;
    }

    /// <summary>As <see cref="AvroText.Decimal"/>, for up to eight bytes and a scale up to 18, from the last digit
    /// backwards.</summary>
    private void Decimal(byte* bytes, int count, int scale)
    {
        const int room = 48;
        long unscaled = (sbyte)bytes[0];
        for (var i = 1; i < count; i++)
            unscaled = (unscaled << 8) | bytes[i];
        var rest = unscaled < 0 ? 0UL - (ulong)unscaled : (ulong)unscaled;
        var end = _record.Scratch.Take(room) + room;
        var at = end;
        for (var digit = 0; digit <= scale || rest > 0; digit++)
        {
            if (digit == scale && scale > 0)
                *--at = (byte)'.';
            var tenth = rest / 10;
            *--at = (byte)('0' + (rest - (tenth * 10)));
            rest = tenth;
        }

        if (unscaled < 0)
            *--at = (byte)'-';
        _rendered = at;
        _renderedLength = (int)(end - at);
    }

    /// <summary>Whether the bytes are UTF-8; short ones that are ASCII, as most are, in one look where 32 bytes can be
    /// read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsText(byte* p, int length, byte* end)
    {
        if (length <= 32 && end - p >= 32)
        {
            var high =
                Vector128.Load(p).ExtractMostSignificantBits()
                | ((ulong)Vector128.Load(p + 16).ExtractMostSignificantBits() << 16);
            if ((high & ((1UL << length) - 1)) == 0)
                return true;
        }

        return Utf8.IsValid(new ReadOnlySpan<byte>(p, length));
    }
}
