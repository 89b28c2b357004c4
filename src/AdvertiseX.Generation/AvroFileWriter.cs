using System.IO.Compression;
using System.Text;
using AdvertiseX.Compression;

namespace AdvertiseX.Generation;

/// <summary>
/// Writes object container files (Apache Avro specification 1.11, "Object Container Files"): a header with schema and
/// codec, then blocks of about 64 KiB of records, each followed by the sync marker. Records are given already encoded.
/// The sync marker comes from the seed, so that the bytes repeat. Not thread-safe.
/// </summary>
internal sealed class AvroFileWriter : IRecordFile
{
    private const int BlockBytes = 64 << 10;
    private readonly string _root;
    private readonly Func<int, string> _name;
    private readonly string _schema;
    private readonly BidCodec _codec;
    private readonly long _maxBytes;
    private readonly DeterministicRandom _syncSource;
    private readonly byte[] _sync = new byte[16];
    private readonly Utf8Buffer _records = new(BlockBytes * 2);
    private readonly Utf8Buffer _output = new(BlockBytes * 4);
    private byte[] _snappy = [];
    private FileStream? _stream;
    private string _file = "";
    private long _blockOffset;
    private long _earlierFiles;
    private int _start;
    private int _count;

    public AvroFileWriter(string root, Func<int, string> name, string schema, BidCodec codec, long maxBytes, ulong seed)
    {
        (_root, _name, _schema, _codec, _maxBytes) = (root, name, schema, codec, maxBytes);
        _syncSource = new DeterministicRandom(seed);
        Open();
    }

    /// <summary>The block under way gets bytes that no reader can take for records; ends it.</summary>
    public RecordPlace CommitRubbishBlock()
    {
        var place = new RecordPlace(_file, _blockOffset, 0);
        _records.Truncate(0);
        _records.Reserve(64);
        // Ten bytes of continuation bits: a variable-length integer that never ends, under every codec.
        for (var i = 0; i < 64; i++)
            _records.Append(0xFF);
        _count = 1;
        EndBlock(damageSync: false, damagePayload: true);
        return place;
    }

    /// <summary>Ends the block under way with a wrong sync marker.</summary>
    public RecordPlace CommitBlockWithWrongSync()
    {
        var place = new RecordPlace(_file, _blockOffset, 0);
        EndBlock(damageSync: true, damagePayload: false);
        return place;
    }

    public int Files { get; private set; }

    public long BytesWritten => _earlierFiles + _blockOffset;

    public Span<byte> Current => _records.From(_start);

    public Utf8Buffer Begin(int room)
    {
        _records.Reserve(room);
        _start = _records.Length;
        return _records;
    }

    public void Discard() => _records.Truncate(_start);

    public RecordPlace Commit()
    {
        var place = new RecordPlace(_file, _blockOffset, _count++);
        if (_records.Length < BlockBytes)
            return place;
        EndBlock(damageSync: false, damagePayload: false);
        if (_blockOffset >= _maxBytes)
        {
            Close();
            Open();
        }

        return place;
    }

    /// <summary>Ends the block under way, if it has records.</summary>
    public void EndBlock()
    {
        if (_count > 0)
            EndBlock(damageSync: false, damagePayload: false);
    }

    public void Dispose() => Close();

    private void Open()
    {
        _file = _name(++Files);
        var path = Path.Combine(_root, _file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        for (var i = 0; i < _sync.Length; i++)
            _sync[i] = (byte)_syncSource.Next();
        WriteHeader();
    }

    private void Close()
    {
        if (_stream is null)
            return;
        EndBlock();
        _stream.Dispose();
        _stream = null;
        _earlierFiles += _blockOffset;
        _blockOffset = 0;
    }

    private void WriteHeader()
    {
        var codec = _codec switch
        {
            BidCodec.Snappy => "snappy",
            BidCodec.Deflate => "deflate",
            _ => "null",
        };
        _output.Reserve(_schema.Length * 3 + 256);
        _output.Append("Obj\u0001"u8);
        _output.AppendAvroLong(2);
        _output.AppendAvroString("avro.schema"u8);
        _output.AppendAvroString(Encoding.UTF8.GetBytes(_schema));
        _output.AppendAvroString("avro.codec"u8);
        _output.AppendAvroString(Encoding.UTF8.GetBytes(codec));
        _output.AppendAvroLong(0);
        _output.Append(_sync);
        WriteOutput();
    }

    private void EndBlock(bool damageSync, bool damagePayload)
    {
        var payload = Compress(_records.Written);
        _output.Reserve(payload.Length + 64);
        _output.AppendAvroLong(_count);
        _output.AppendAvroLong(payload.Length);
        var start = _output.Length;
        _output.Append(payload);
        // Reserved block type in deflate, impossible length in snappy, an endless integer in plain records.
        if (damagePayload)
            _output.From(start)[..Math.Min(12, payload.Length)].Fill(0xFF);
        start = _output.Length;
        _output.Append(_sync);
        if (damageSync)
            _output.From(start)[7] ^= 0x5A;
        WriteOutput();
        _records.Truncate(0);
        _count = 0;
    }

    private ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> records)
    {
        switch (_codec)
        {
            case BidCodec.Snappy:
                var most = Snappy.MaxBlockLength(records.Length);
                if (_snappy.Length < most)
                    _snappy = new byte[most];
                return _snappy.AsSpan(0, Snappy.Compress(records, _snappy));
            case BidCodec.Deflate:
                using (var target = new MemoryStream(records.Length / 2))
                {
                    using (var deflate = new DeflateStream(target, CompressionLevel.Fastest, leaveOpen: true))
                        deflate.Write(records);
                    return target.GetBuffer().AsSpan(0, (int)target.Length);
                }

            default:
                return records;
        }
    }

    private void WriteOutput()
    {
        _stream!.Write(_output.Written);
        _blockOffset += _output.Length;
        _output.Truncate(0);
    }
}
