namespace AdvertiseX.Parquet;

/// <summary>
/// Thrift's compact protocol for bytes that nobody vouches for: every length is held against what is left, nesting is
/// bounded, and after the first fault (<see cref="Failed"/>) everything reads as empty.
/// </summary>
internal ref struct ThriftCompactReader(ReadOnlySpan<byte> bytes)
{
    public const byte True = 1;
    public const byte BinaryKind = 8;
    public const byte ListKind = 9;
    public const byte StructKind = 12;

    private const byte SetKind = 10;
    private const byte MapKind = 11;
    private const byte UuidKind = 13;
    private const int MaxDepth = 16;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    public bool Failed { get; private set; }

    /// <summary>Reads a field's header; false at the struct's end or a fault.</summary>
    /// <param name="field">Number of the struct's field before, 0 at first; set to this one's.</param>
    public bool NextField(ref short field, out byte kind)
    {
        var header = Byte();
        kind = (byte)(header & 0x0F);
        if (Failed || header == 0)
            return false;
        var step = header >> 4;
        field = (short)(step != 0 ? field + step : Integer());
        return !Failed;
    }

    /// <summary>A zigzag number.</summary>
    public long Integer()
    {
        var raw = Varint();
        return (long)(raw >> 1) ^ -(long)(raw & 1);
    }

    /// <summary>A number of a field that must be of an integer kind.</summary>
    public long Integer(byte kind)
    {
        if (kind is >= 4 and <= 6)
            return Integer();
        Fail();
        return 0;
    }

    public ReadOnlySpan<byte> Binary(byte kind)
    {
        var length = kind == BinaryKind ? Varint() : ulong.MaxValue;
        if (Failed || length > (ulong)(_bytes.Length - Position))
            return Fail();
        var value = _bytes.Slice(Position, (int)length);
        Position += (int)length;
        return value;
    }

    /// <summary>Number of a list's elements, at most one for each byte that is left; 0 at a fault.</summary>
    /// <param name="element">The kind that the elements must have.</param>
    public int List(byte kind, byte element)
    {
        if (kind != ListKind)
            Fail();
        var count = ListHeader(out var found);
        if (count == 0 || found == element)
            return count;
        Fail();
        return 0;
    }

    /// <summary>Passes over a value.</summary>
    public void Skip(byte kind) => Skip(kind, 0);

    /// <summary>Whether a field of this kind is a struct; a fault if not.</summary>
    public bool IsStruct(byte kind)
    {
        if (kind != StructKind)
            Fail();
        return !Failed;
    }

    private void Skip(byte kind, int depth)
    {
        if (depth > MaxDepth)
            Fail();
        if (Failed)
            return;
        switch (kind)
        {
            case 1 or 2:
                break;
            case 3:
                Advance(1);
                break;
            case >= 4 and <= 6:
                Varint();
                break;
            case 7:
                Advance(8);
                break;
            case UuidKind:
                Advance(16);
                break;
            case BinaryKind:
                Binary(kind);
                break;
            case ListKind or SetKind:
                SkipList(depth);
                break;
            case MapKind:
                SkipMap(depth);
                break;
            case StructKind:
                short field = 0;
                while (NextField(ref field, out var inner))
                    Skip(inner, depth + 1);
                break;
            default:
                Fail();
                break;
        }
    }

    private void SkipList(int depth)
    {
        var count = ListHeader(out var element);
        for (var i = 0; i < count && !Failed; i++)
            SkipElement(element, depth + 1);
    }

    private void SkipMap(int depth)
    {
        var count = Varint();
        if (count == 0)
            return;
        var kinds = Byte();
        if (count > (ulong)(_bytes.Length - Position))
            Fail();
        for (ulong i = 0; i < count && !Failed; i++)
        {
            SkipElement((byte)(kinds >> 4), depth + 1);
            SkipElement((byte)(kinds & 0x0F), depth + 1);
        }
    }

    /// <summary>In lists and maps a boolean takes a byte; as a field it is in the header.</summary>
    private void SkipElement(byte kind, int depth)
    {
        if (kind is 1 or 2)
            Advance(1);
        else
            Skip(kind, depth);
    }

    private int ListHeader(out byte element)
    {
        var header = Byte();
        element = (byte)(header & 0x0F);
        var count = header >> 4 == 15 ? Varint() : (ulong)(header >> 4);
        if (!Failed && count <= (ulong)(_bytes.Length - Position))
            return (int)count;
        Fail();
        return 0;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return Failed ? 0 : value;
        }

        Fail();
        return 0;
    }

    private byte Byte()
    {
        if (Position < _bytes.Length && !Failed)
            return _bytes[Position++];
        Fail();
        return 0;
    }

    private void Advance(int count)
    {
        if (count > _bytes.Length - Position)
            Fail();
        else
            Position += count;
    }

    private ReadOnlySpan<byte> Fail()
    {
        Failed = true;
        return default;
    }
}
