using System.IO.Hashing;
using AdvertiseX.Compression;

namespace AdvertiseX.Parquet;

/// <summary>
/// Makes pages of encoded values, one column chunk at a time: data pages version 2, so that each page decides on
/// compression by itself and levels stay uncompressed. Each page has the CRC-32 of its bytes in the file, which any
/// reader can check. Not thread-safe.
/// </summary>
internal sealed unsafe class ChunkWriter(ParquetOptions options) : IDisposable
{
    /// <summary>Pages smaller than this are not compressed.</summary>
    private const int SmallestCompressed = 96;

    /// <summary>Pages smaller than this say nothing about the others of their chunk.</summary>
    private const int SmallestTelling = 4 << 10;

    /// <summary>Bytes from the middle of a chunk's first larger page that are tried before compressing the
    /// chunk.</summary>
    private const int SampleBytes = 16 << 10;

    private const int ZstdLevel = 1;

    /// <summary>The search for repeats takes three times as long: it must save this part of what coding the bytes alone
    /// leaves.</summary>
    private const double RepeatsMustSave = 0.4;

    private readonly EncodeBuffer _compressed = new(1 << 16);
    private readonly EncodeBuffer _dictionary = new(1 << 12);
    private readonly Crc32 _crc = new();
    private EncodedChunk? _chunk;
    private int _dictionaryCount;
    private bool _compressible;
    private bool _dataCompressible;
    private bool _sampled;
    private bool _literalsDo;

    /// <summary>Starts a chunk.</summary>
    /// <param name="chunk">Filled as pages come.</param>
    /// <param name="compressible">False where the values are random.</param>
    public void Begin(EncodedChunk chunk, bool compressible)
    {
        _chunk = chunk;
        _compressible = _dataCompressible = compressible && options.Compress;
        _sampled = _literalsDo = false;
        _dictionary.Clear();
        _dictionaryCount = 0;
    }

    public void AddDataPage(int rows, int nulls, ParquetEncoding encoding, EncodeBuffer levels, EncodeBuffer values)
    {
        var packed = _dataCompressible && SampleSaves(values) ? TryCompress(values) : 0;
        // Where a page gained nothing the others of its chunk seldom do.
        if (packed == 0 && values.Length >= SmallestTelling)
            _dataCompressible = false;
        var body = packed > 0 ? _compressed : values;
        var chunk = _chunk!.Metadata;
        var pages = _chunk.Pages;
        var thrift = new ThriftCompactWriter(pages);
        thrift.BeginStruct();
        thrift.I32(1, (int)ParquetPageType.DataPageV2);
        thrift.I32(2, checked((int)(levels.Length + values.Length)));
        thrift.I32(3, checked((int)(levels.Length + body.Length)));
        thrift.I32(4, CrcOf(levels, body));
        thrift.BeginStruct(8);
        thrift.I32(1, rows);
        thrift.I32(2, nulls);
        thrift.I32(3, rows);
        thrift.I32(4, (int)encoding);
        thrift.I32(5, (int)levels.Length);
        thrift.I32(6, 0);
        thrift.Bool(7, packed > 0);
        thrift.EndStruct();
        thrift.EndStruct();
        chunk.UncompressedBytes += values.Length - body.Length;
        pages.Append(levels.Bytes, levels.Length);
        pages.Append(body.Bytes, body.Length);
        chunk.Rows += rows;
        chunk.Nulls += nulls;
        chunk.DataEncodings |= 1 << (int)encoding;
        if (packed > 0)
            chunk.Codec = ParquetCodec.Zstd;
    }

    /// <summary>Where the PLAIN values of the chunk's dictionary go.</summary>
    public EncodeBuffer Dictionary(int count)
    {
        _dictionaryCount = count;
        return _dictionary;
    }

    /// <summary>Ends the chunk with its dictionary page, if it has one.</summary>
    public void End()
    {
        _chunk!.EndData();
        if (_dictionaryCount > 0)
            AddDictionaryPage(_chunk);
    }

    public void Dispose()
    {
        _compressed.Dispose();
        _dictionary.Dispose();
    }

    private void AddDictionaryPage(EncodedChunk chunk)
    {
        _literalsDo = false;
        // A dictionary page cannot say that it is not compressed: the chunk's codec holds for it.
        var packed = _compressible ? TryCompress(_dictionary) : 0;
        if (packed > 0)
            chunk.Metadata.Codec = ParquetCodec.Zstd;
        else if (chunk.Metadata.Codec == ParquetCodec.Zstd)
            packed = Compress(_dictionary.Bytes, _dictionary.Length);
        var body = packed > 0 ? _compressed : _dictionary;
        var thrift = new ThriftCompactWriter(chunk.Pages);
        thrift.BeginStruct();
        thrift.I32(1, (int)ParquetPageType.DictionaryPage);
        thrift.I32(2, checked((int)_dictionary.Length));
        thrift.I32(3, checked((int)body.Length));
        thrift.I32(4, CrcOf(body));
        thrift.BeginStruct(7);
        thrift.I32(1, _dictionaryCount);
        thrift.I32(2, (int)ParquetEncoding.Plain);
        thrift.EndStruct();
        thrift.EndStruct();
        chunk.Metadata.UncompressedBytes += _dictionary.Length - body.Length;
        chunk.Pages.Append(body.Bytes, body.Length);
    }

    /// <summary><c>PageHeader.crc</c> of parquet.thrift: CRC-32 as in gzip over what follows the header, levels and
    /// values as they lie in the file.</summary>
    private int CrcOf(params ReadOnlySpan<EncodeBuffer> parts)
    {
        foreach (var part in parts)
            _crc.Append(part.Span);
        var crc = _crc.GetCurrentHashAsUInt32();
        _crc.Reset();
        return unchecked((int)crc);
    }

    /// <summary>Tries a part of the chunk's first larger page: whether compressing the chunk pays, and which
    /// way.</summary>
    private bool SampleSaves(EncodeBuffer values)
    {
        if (_sampled || values.Length < 2 * SampleBytes)
            return true;
        _sampled = true;
        var sample = values.Bytes + ((values.Length - SampleBytes) / 2);
        var repeats = Compress(sample, SampleBytes);
        _literalsDo = true;
        var literals = Compress(sample, SampleBytes);
        _literalsDo = repeats > literals * (1 - RepeatsMustSave);
        return _dataCompressible = Pays(_literalsDo ? literals : repeats, SampleBytes);
    }

    /// <summary>Compresses a page where that pays; bytes, or 0 when it stays as it is.</summary>
    private long TryCompress(EncodeBuffer values)
    {
        if (values.Length < SmallestCompressed)
            return 0;
        var packed = Compress(values.Bytes, values.Length);
        return Pays(packed, values.Length) ? packed : 0;
    }

    private bool Pays(long packed, long plain) => packed > 0 && packed <= plain * (1 - options.MinimumSaving);

    private long Compress(byte* source, long length)
    {
        _compressed.Clear();
        var room = Zstd.MaxCompressedLength(checked((int)length));
        var plain = new ReadOnlySpan<byte>(source, (int)length);
        var target = new Span<byte>(_compressed.Reserve(room), room);
        var packed = _literalsDo ? Zstd.CompressLiterals(plain, target) : Zstd.Compress(plain, target, ZstdLevel);
        _compressed.Advance(Math.Max(packed, 0));
        return packed;
    }
}
