using System.Text;

namespace AdvertiseX.Parquet;

/// <summary>Thrift's compact protocol (thrift-compact-protocol.md), as much of it as Parquet's metadata uses. Not
/// thread-safe.</summary>
internal sealed class ThriftCompactWriter(EncodeBuffer output)
{
    private readonly short[] _lastField = new short[16];
    private int _depth;

    /// <summary>Element types of lists.</summary>
    public enum Element : byte
    {
        I32 = 5,
        Binary = 8,
        Struct = 12,
    }

    private enum Kind : byte
    {
        True = 1,
        False = 2,
        I16 = 4,
        I32 = 5,
        I64 = 6,
        Binary = 8,
        List = 9,
        Struct = 12,
    }

    /// <summary>Starts the outermost struct, or one in a list.</summary>
    public void BeginStruct() => _lastField[++_depth] = 0;

    public void BeginStruct(short field)
    {
        Field(field, Kind.Struct);
        BeginStruct();
    }

    public void EndStruct()
    {
        output.AppendByte(0);
        _depth--;
    }

    /// <summary>A union whose chosen member is an empty struct.</summary>
    public void EmptyMember(short field)
    {
        BeginStruct(field);
        EndStruct();
    }

    public void I16(short field, short value)
    {
        Field(field, Kind.I16);
        output.AppendZigzag(value);
    }

    public void I32(short field, int value)
    {
        Field(field, Kind.I32);
        output.AppendZigzag(value);
    }

    public void I64(short field, long value)
    {
        Field(field, Kind.I64);
        output.AppendZigzag(value);
    }

    public void Bool(short field, bool value) => Field(field, value ? Kind.True : Kind.False);

    public void Binary(short field, ReadOnlySpan<byte> value)
    {
        Field(field, Kind.Binary);
        BinaryElement(value);
    }

    public void Text(short field, string value) => Binary(field, Encoding.UTF8.GetBytes(value));

    public void BeginList(short field, Element element, int count)
    {
        Field(field, Kind.List);
        if (count < 15)
        {
            output.AppendByte((byte)((count << 4) | (byte)element));
            return;
        }

        output.AppendByte((byte)(0xF0 | (byte)element));
        output.AppendVarint((ulong)count);
    }

    public void I32Element(int value) => output.AppendZigzag(value);

    public void BinaryElement(ReadOnlySpan<byte> value)
    {
        output.AppendVarint((ulong)value.Length);
        output.Append(value);
    }

    private void Field(short field, Kind kind)
    {
        var step = field - _lastField[_depth];
        if (step is > 0 and <= 15)
        {
            output.AppendByte((byte)((step << 4) | (byte)kind));
        }
        else
        {
            output.AppendByte((byte)kind);
            output.AppendZigzag(field);
        }

        _lastField[_depth] = field;
    }
}
