namespace AdvertiseX.Parquet;

/// <summary>The header of a page of any writer, and where its bytes lie.</summary>
internal readonly record struct ParquetPage
{
    private const byte BooleanTrue = 1;

    /// <summary>Offset of the page's bytes in the file.</summary>
    public int Body { get; private init; }

    /// <summary>Bytes of the page in the file, levels included.</summary>
    public int StoredBytes { get; private init; }

    /// <summary>Bytes of the page when decompressed, levels included.</summary>
    public int PlainBytes { get; private init; }

    public ParquetPageType Type { get; private init; }

    /// <summary>Entries of the page, those without a value included.</summary>
    public int Entries { get; private init; }

    public ParquetEncoding Encoding { get; private init; }

    /// <summary>Bytes of levels before the values in a page of version 2; they are not compressed.</summary>
    public int DefinitionBytes { get; private init; }

    /// <inheritdoc cref="DefinitionBytes"/>
    public int RepetitionBytes { get; private init; }

    /// <summary>Whether the chunk's codec was applied.</summary>
    public bool IsCompressed { get; private init; }

    /// <summary>Offset after the page.</summary>
    public int End => Body + StoredBytes;

    /// <summary>Reads the header at an offset of a file.</summary>
    /// <exception cref="ParquetLayoutException">There is no such header, or the page does not lie in the
    /// file.</exception>
    public static ParquetPage Read(ReadOnlySpan<byte> file, int at)
    {
        if ((uint)at >= (uint)file.Length)
            throw new ParquetLayoutException("a page lies outside of the file");
        var thrift = new ThriftCompactReader(file[at..]);
        var page = new ParquetPage { Type = (ParquetPageType)(-1), IsCompressed = true };
        short field = 0;
        while (thrift.NextField(ref field, out var kind))
        {
            page = field switch
            {
                1 => page with { Type = (ParquetPageType)thrift.Integer(kind) },
                2 => page with { PlainBytes = Size(thrift.Integer(kind)) },
                3 => page with { StoredBytes = Size(thrift.Integer(kind)) },
                5 or 7 when thrift.IsStruct(kind) => ReadVersion1(ref thrift, page),
                8 when thrift.IsStruct(kind) => ReadVersion2(ref thrift, page),
                _ => Skip(ref thrift, kind, page),
            };
        }
        page = page with { Body = at + thrift.Position };
        if (thrift.Failed || page.StoredBytes > file.Length - page.Body)
            throw new ParquetLayoutException("a page's header is damaged");
        return page;
    }

    // Data pages of version 1 and dictionary pages begin alike.
    private static ParquetPage ReadVersion1(ref ThriftCompactReader thrift, ParquetPage page)
    {
        short field = 0;
        while (thrift.NextField(ref field, out var kind))
        {
            page = field switch
            {
                1 => page with { Entries = Size(thrift.Integer(kind)) },
                2 => page with { Encoding = (ParquetEncoding)thrift.Integer(kind) },
                _ => Skip(ref thrift, kind, page),
            };
        }
        return page;
    }

    private static ParquetPage ReadVersion2(ref ThriftCompactReader thrift, ParquetPage page)
    {
        short field = 0;
        while (thrift.NextField(ref field, out var kind))
        {
            page = field switch
            {
                1 => page with { Entries = Size(thrift.Integer(kind)) },
                4 => page with { Encoding = (ParquetEncoding)thrift.Integer(kind) },
                5 => page with { DefinitionBytes = Size(thrift.Integer(kind)) },
                6 => page with { RepetitionBytes = Size(thrift.Integer(kind)) },
                7 => page with { IsCompressed = kind == BooleanTrue },
                _ => Skip(ref thrift, kind, page),
            };
        }
        return page;
    }

    private static ParquetPage Skip(ref ThriftCompactReader thrift, byte kind, ParquetPage page)
    {
        thrift.Skip(kind);
        return page;
    }

    private static int Size(long size) =>
        size is >= 0 and <= 1 << 30
            ? (int)size
            : throw new ParquetLayoutException($"a page has {size} bytes or entries");
}
