using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Unicode;

namespace AdvertiseX.Decoding.Avro;

/// <summary>
/// The fast way: runs the plan's ops over a datum. Where anything is wrong it takes everything back and the plain walk reads the datum
/// anew and says what; so the two can only differ in datums that are good, and a property test compares those.
/// </summary>
internal sealed unsafe partial class AvroSlotDecoder
{
    /// <summary>Room for one value rendered as JSON; longer ones are rendered by the plain walk.</summary>
    private const int JsonRoom = 8 << 10;

    private readonly AvroOp[] _program = AvroProgram.Compile(root);
    private long _work;

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

    /// <summary>Runs the program; null where the datum is not good. Invariant: p ≤ end, and nothing at or past end is read: every read
    /// below stands behind a comparison of what it takes with what is left.</summary>
    private byte* Execute(byte* p, byte* end)
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(_program);
        var length = _program.Length;
        for (var at = 0; at < length;)
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
                        Deliver(op, new Slot { Kind = SlotKind.Null });
                    at = op.Next;
                    continue;
                }
            }

            long number;
            var value = default(Slot);
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
                        Deliver(op, new Slot { Kind = SlotKind.Null });
                    continue;
                case AvroOpCode.Boolean:
                    if (p >= end || *p > 1)
                        return null;
                    value.Kind = *p++ == 1 ? SlotKind.True : SlotKind.False;
                    break;
                case AvroOpCode.Integer:
                    if (!AvroVarint.Read(ref p, end, out number))
                        return null;
                    value.SetInteger(SlotKind.Integer, 0, number);
                    break;
                case AvroOpCode.Timestamp:
                    if (!AvroVarint.Read(ref p, end, out number))
                        return null;
                    if (AvroText.ToMicros(op.Step.Node.Logical, number, out var micros))
                        value.SetInteger(SlotKind.TimestampMicros, 0, micros);
                    else
                        value.SetInteger(SlotKind.Integer, 0, number);
                    break;
                case AvroOpCode.Float:
                    if (end - p < sizeof(float))
                        return null;
                    value.SetReal(0, Unsafe.ReadUnaligned<float>(p));
                    if (!double.IsFinite(value.Real))
                        goto default;
                    p += sizeof(float);
                    break;
                case AvroOpCode.Double:
                    if (end - p < sizeof(double))
                        return null;
                    value.SetReal(0, Unsafe.ReadUnaligned<double>(p));
                    if (!double.IsFinite(value.Real))
                        goto default;
                    p += sizeof(double);
                    break;
                case AvroOpCode.Symbol:
                    if (!AvroVarint.Read(ref p, end, out number) || (ulong)number >= (ulong)op.Step.Node.Symbols.Length
                        || op.Step.Node.Symbols[number] is not { } symbol)
                        return null;
                    // Pinned when the plan was made; the quotes are left out.
                    value.SetText(SlotKind.Text, 0, (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(symbol)) + 1, symbol.Length - 2);
                    break;
                case AvroOpCode.Text:
                    if (!AvroVarint.Read(ref p, end, out number) || (ulong)number > (ulong)(end - p) || !IsText(p, (int)number, end))
                        return null;
                    value.SetText(SlotKind.Text, 0, p, (int)number);
                    p += number;
                    break;
                case AvroOpCode.Decimal:
                    if (p >= end || *p is 0 or > 16 || (*p & 1) != 0 || *p >> 1 > end - p - 1 || op.Step.Node.Reader.Scale > 18)
                        goto default;
                    Decimal(p + 1, *p >> 1, op.Step.Node.Reader.Scale, ref value);
                    p += 1 + (*p >> 1);
                    break;
                case AvroOpCode.Json:
                    if (Json(p, end, op.Step.Node, ref value) is var next && next == null)
                        goto default;
                    p = next;
                    break;
                default:
                    p = Plain(p, end, op.Step);
                    if (p == null)
                        return null;
                    at = op.Next;
                    continue;
            }

            Deliver(op, value);
        }

        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Deliver(in AvroOp op, Slot value)
    {
        if (op.Slot >= 0)
        {
            value.Rank = op.Rank;
            var slot = _record.Slots + op.Slot;
            if (slot->Kind == SlotKind.Absent)
                *slot = value;
            else
                _record.Set(op.Step.Slot!, value);
        }
        else
        {
            Deliver(op.Step, ref value);
        }
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

    private byte* Json(byte* p, byte* end, AvroNode node, ref Slot value)
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
        value.SetText(SlotKind.Json, 0, room, length);
        return json.From;
    }

    /// <summary>As <see cref="AvroText.Decimal"/>, for up to eight bytes and a scale up to 18, from the last digit backwards.</summary>
    private void Decimal(byte* bytes, int count, int scale, ref Slot value)
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
        value.SetText(SlotKind.Number, 0, at, (int)(end - at));
    }

    /// <summary>Whether the bytes are UTF-8; short ones that are ASCII, as most are, in one look where 32 bytes can be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsText(byte* p, int length, byte* end)
    {
        if (length <= 32 && end - p >= 32)
        {
            var high = Vector128.Load(p).ExtractMostSignificantBits() | ((ulong)Vector128.Load(p + 16).ExtractMostSignificantBits() << 16);
            if ((high & ((1UL << length) - 1)) == 0)
                return true;
        }

        return Utf8.IsValid(new ReadOnlySpan<byte>(p, length));
    }
}
