namespace AdvertiseX.Parquet;

/// <summary>The header of a data page (version 2) with PLAIN values, not compressed and without levels or nulls.</summary>
/// <param name="HeaderBytes">Bytes of the header.</param>
/// <param name="BodyBytes">Bytes of the values after it.</param>
/// <param name="Values">Number of values, at least 1.</param>
internal readonly record struct PlainPageHeader(int HeaderBytes, int BodyBytes, int Values)
{
    private const int MaxValues = 1 << 20;

    /// <summary>Reads a header; false when the bytes are something else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PlainPageHeader page)
    {
        var thrift = new ThriftCompactReader(bytes);
        long type = -1, plainBytes = -1, bodyBytes = -1, values = -1;
        short field = 0;
        while (thrift.NextField(ref field, out byte kind))
        {
            switch (field)
            {
                case 1:
                    type = thrift.Integer(kind);
                    break;
                case 2:
                    plainBytes = thrift.Integer(kind);
                    break;
                case 3:
                    bodyBytes = thrift.Integer(kind);
                    break;
                case 8 when thrift.IsStruct(kind):
                    values = ReadValues(ref thrift);
                    break;
                default:
                    thrift.Skip(kind);
                    break;
            }
        }

        bool plain = !thrift.Failed && type == (int)ParquetPageType.DataPageV2 && plainBytes == bodyBytes
            && bodyBytes is > 0 and <= int.MaxValue && values is > 0 and <= MaxValues;
        page = plain ? new(thrift.Position, (int)bodyBytes, (int)values) : default;
        return plain;
    }

    /// <summary>Values of a DataPageHeaderV2; −1 when they are not plain or some are null.</summary>
    private static long ReadValues(ref ThriftCompactReader thrift)
    {
        long values = -1, others = 0;
        short field = 0;
        while (thrift.NextField(ref field, out byte kind))
        {
            switch (field)
            {
                case 1:
                    values = thrift.Integer(kind);
                    break;
                case 2 or 4 or 5 or 6:
                    // Nulls, encoding (PLAIN is 0), bytes of definition and of repetition levels.
                    others |= thrift.Integer(kind);
                    break;
                default:
                    thrift.Skip(kind);
                    break;
            }
        }

        return others == 0 ? values : -1;
    }
}
