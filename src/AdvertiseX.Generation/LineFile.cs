using System.IO.Compression;

namespace AdvertiseX.Generation;

/// <summary>
/// Lines into one file after the other. A file ends with the line that reaches the limit. Offsets are those of the
/// uncompressed content. Not thread-safe.
/// </summary>
internal sealed class LineFile : IRecordFile
{
    private const int FlushBytes = 1 << 20;
    private readonly string _root;
    private readonly Func<int, string> _name;
    private readonly byte[] _header;
    private readonly long _maxBytes;
    private readonly bool _gzip;
    private readonly Utf8Buffer _buffer = new(FlushBytes + (64 << 10));
    private Stream? _stream;
    private string _file = "";
    private long _flushed;
    private long _earlierFiles;
    private int _start;
    private bool _closing;

    /// <param name="root">The folder that names are relative to.</param>
    /// <param name="name">The path of the n-th file, from 1, with <c>/</c> between folders.</param>
    /// <param name="header">First line of each file, with its line end; may be empty.</param>
    /// <param name="maxBytes">Uncompressed size that ends a file.</param>
    /// <param name="gzip">Compress.</param>
    public LineFile(string root, Func<int, string> name, byte[] header, long maxBytes, bool gzip)
    {
        (_root, _name, _header, _maxBytes, _gzip) = (root, name, header, maxBytes, gzip);
        Open();
    }

    /// <summary>Called before a file ends, to add last lines.</summary>
    public Action? BeforeEnd { get; set; }

    public int Files { get; private set; }

    public long BytesWritten => _earlierFiles + _flushed + _buffer.Length;

    public Span<byte> Current => _buffer.From(_start);

    public Utf8Buffer Begin(int room)
    {
        _buffer.Reserve(room);
        _start = _buffer.Length;
        return _buffer;
    }

    public void Discard() => _buffer.Truncate(_start);

    public RecordPlace Commit()
    {
        var place = new RecordPlace(_file, _flushed + _start, 0);
        if (_buffer.Length >= FlushBytes)
            Flush();
        if (_flushed + _buffer.Length >= _maxBytes && !_closing)
        {
            Close();
            Open();
        }

        return place;
    }

    public void Dispose() => Close();

    private void Open()
    {
        _file = _name(++Files);
        var path = Path.Combine(_root, _file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Stream file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _stream = _gzip ? new GZipStream(file, CompressionLevel.Fastest) : file;
        _flushed = 0;
        _buffer.Reserve(_header.Length);
        _buffer.Append(_header);
    }

    private void Close()
    {
        if (_stream is null)
            return;
        _closing = true;
        BeforeEnd?.Invoke();
        Flush();
        _stream.Dispose();
        _stream = null;
        _earlierFiles += _flushed;
        _flushed = 0;
        _closing = false;
    }

    private void Flush()
    {
        _stream!.Write(_buffer.Written);
        _flushed += _buffer.Length;
        _buffer.Truncate(0);
        _start = 0;
    }
}
