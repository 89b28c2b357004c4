namespace AdvertiseX.Parquet;

/// <summary>The header of a data page (version 2) of a required column, as far as single values are read from
/// it.</summary>
/// <param name="HeaderBytes">Bytes of the header.</param>
/// <param name="BodyBytes">Bytes of the values after it, as they lie in the file.</param>
/// <param name="PlainBytes">Bytes of the values when decompressed.</param>
/// <param name="Values">Number of values, at least 1.</param>
/// <param name="Encoding">Encoding of the values.</param>
/// <param name="IsCompressed">Whether the chunk's codec was applied.</param>
internal readonly record struct DataPageHeader(
    int HeaderBytes,
    int BodyBytes,
    int PlainBytes,
    int Values,
    ParquetEncoding Encoding,
    bool IsCompressed
)
{
    /// <summary>Headers are shorter than this.</summary>
    public const int MaxBytes = 256;

    private const int MaxValues = 1 << 20;
    private const byte BooleanTrue = 1;

    /// <summary>The values lie as they are: PLAIN, not compressed.</summary>
    public bool IsPlain => Encoding == ParquetEncoding.Plain && BodyBytes == PlainBytes;

    /// <summary>Reads a header; false when the bytes are something else, or the page has levels or nulls.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DataPageHeader page)
    {
        page = default;
        var thrift = new ThriftCompactReader(bytes);
        long type = -1,
            plain = -1,
            body = -1;
        (long Values, long Encoding, bool IsCompressed) values = default;
        short field = 0;
        while (thrift.NextField(ref field, out var kind))
        {
            if (field == 8 && thrift.IsStruct(kind))
                values = ReadValues(ref thrift);
            else if (field == 1)
                type = thrift.Integer(kind);
            else if (field == 2)
                plain = thrift.Integer(kind);
            else if (field == 3)
                body = thrift.Integer(kind);
            else
                thrift.Skip(kind);
        }

        if (
            thrift.Failed
            || type != (int)ParquetPageType.DataPageV2
            || values.Values is <= 0 or > MaxValues
            || values.Encoding is < 0 or > byte.MaxValue
            || body is <= 0 or > int.MaxValue
            || plain is <= 0 or > int.MaxValue
        )
            return false;
        page = new(
            thrift.Position,
            (int)body,
            (int)plain,
            (int)values.Values,
            (ParquetEncoding)values.Encoding,
            values.IsCompressed
        );
        return true;
    }

    private static (long Values, long Encoding, bool IsCompressed) ReadValues(ref ThriftCompactReader thrift)
    {
        long values = -1,
            encoding = -1,
            others = 0;
        var compressed = true;
        short field = 0;
        while (thrift.NextField(ref field, out var kind))
        {
            if (field == 1)
                values = thrift.Integer(kind);
            else if (field is 2 or 5 or 6)
                others |= thrift.Integer(kind);
            else if (field == 4)
                encoding = thrift.Integer(kind);
            else if (field == 7)
                compressed = kind == BooleanTrue;
            else
                thrift.Skip(kind);
        }

        return (others == 0 ? values : -1, encoding, compressed);
    }
}
