namespace AdvertiseX.Parquet;

/// <summary>The header of a page of any writer (<c>PageHeader</c> of parquet.thrift). A number that is missing or out
/// of its range reads as −1.</summary>
internal readonly record struct PageHeader
{
    /// <summary>Headers of our own pages are shorter than this.</summary>
    public const int MaxBytes = 256;

    /// <summary>Rows of a page at most.</summary>
    public const int MaxRows = 1 << 20;

    private const byte BooleanTrue = 1;

    /// <summary>Bytes of the header itself.</summary>
    public int HeaderBytes { get; private init; }

    public ParquetPageType Type { get; private init; }

    /// <summary>Bytes of levels and values after the header, as they lie in the file.</summary>
    public int BodyBytes { get; private init; }

    /// <summary>Bytes of levels and values when decompressed.</summary>
    public int PlainBytes { get; private init; }

    /// <summary>CRC-32 of the body; null if the writer made none.</summary>
    public uint? Crc { get; private init; }

    /// <summary>Values of a dictionary page; entries of a data page, those without a value among them.</summary>
    public int Values { get; private init; }

    /// <summary>Entries without a value; 0 in pages of version 1, which do not tell.</summary>
    public int Nulls { get; private init; }

    public ParquetEncoding Encoding { get; private init; }

    /// <summary>Bytes of the definition levels of a page of version 2; they come before the values and are never
    /// compressed.</summary>
    public int LevelBytes { get; private init; }

    /// <summary>Bytes of the repetition levels of a page of version 2; they come first.</summary>
    public int RepetitionBytes { get; private init; }

    /// <summary>Whether the chunk's codec was applied to the values.</summary>
    public bool IsCompressed { get; private init; }

    /// <summary>A data page (version 2) of a required column.</summary>
    public bool HoldsValuesOnly =>
        Type == ParquetPageType.DataPageV2
        && Values is > 0 and <= MaxRows
        && (Nulls, LevelBytes, RepetitionBytes) == (0, 0, 0);

    /// <summary>Reads a header; false when the bytes are something else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PageHeader page)
    {
        var thrift = new ThriftCompactReader(bytes);
        page = new PageHeader
        {
            Type = (ParquetPageType)(-1),
            BodyBytes = -1,
            PlainBytes = -1,
            IsCompressed = true,
        };
        short field = 0;
        while (thrift.NextField(ref field, out var kind))
        {
            page = field switch
            {
                1 => page with { Type = (ParquetPageType)Number(ref thrift, kind) },
                2 => page with { PlainBytes = Number(ref thrift, kind) },
                3 => page with { BodyBytes = Number(ref thrift, kind) },
                4 => page with { Crc = unchecked((uint)thrift.Integer(kind)) },
                5 or 7 when thrift.IsStruct(kind) => ReadVersion1(ref thrift, page),
                8 when thrift.IsStruct(kind) => ReadVersion2(ref thrift, page),
                _ => Skip(ref thrift, kind, page),
            };
        }

        page = page with { HeaderBytes = thrift.Position };
        return !thrift.Failed && page.BodyBytes >= 0;
    }

    // Data pages of version 1 and dictionary pages begin alike.
    private static PageHeader ReadVersion1(ref ThriftCompactReader thrift, PageHeader page)
    {
        short field = 0;
        while (thrift.NextField(ref field, out var kind))
        {
            page = field switch
            {
                1 => page with { Values = Number(ref thrift, kind) },
                2 => page with { Encoding = (ParquetEncoding)Number(ref thrift, kind) },
                _ => Skip(ref thrift, kind, page),
            };
        }

        return page;
    }

    private static PageHeader ReadVersion2(ref ThriftCompactReader thrift, PageHeader page)
    {
        short field = 0;
        while (thrift.NextField(ref field, out var kind))
        {
            page = field switch
            {
                1 => page with { Values = Number(ref thrift, kind) },
                2 => page with { Nulls = Number(ref thrift, kind) },
                4 => page with { Encoding = (ParquetEncoding)Number(ref thrift, kind) },
                5 => page with { LevelBytes = Number(ref thrift, kind) },
                6 => page with { RepetitionBytes = Number(ref thrift, kind) },
                7 => page with { IsCompressed = kind == BooleanTrue },
                _ => Skip(ref thrift, kind, page),
            };
        }

        return page;
    }

    private static int Number(ref ThriftCompactReader thrift, byte kind) =>
        thrift.Integer(kind) is >= 0 and <= int.MaxValue and var number ? (int)number : -1;

    private static PageHeader Skip(ref ThriftCompactReader thrift, byte kind, PageHeader page)
    {
        thrift.Skip(kind);
        return page;
    }
}
