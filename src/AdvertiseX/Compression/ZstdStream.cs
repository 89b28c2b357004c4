namespace AdvertiseX.Compression;

/// <summary>Reads a file of zstd frames (RFC 8878), one after another. Owns the stream beneath. Frames that ask for a window
/// over 128 MB are refused by the library, which bounds the memory.</summary>
internal sealed unsafe class ZstdStream(Stream compressed) : ReadOnlyStream
{
    private readonly ZstdLibrary _zstd = ZstdLibrary.Loaded;
    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(128 * 1024);
    private nint _context = ZstdLibrary.Loaded.CreateDecompressor();
    private int _at;
    private int _filled;
    private bool _insideFrame;

    ~ZstdStream() => Free();

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        if (buffer.IsEmpty)
            return 0;
        while (true)
        {
            // A frame whose end is not seen may still hold output that did not fit last time, without new input.
            if (_at == _filled && !Fill() && !_insideFrame)
                return 0;
            var written = Step(buffer);
            if (written > 0)
                return written;
            if (_filled == 0 && _insideFrame)
                throw new InvalidDataException("The zstd data ends inside a frame.");
        }
    }

    protected override void Dispose(bool disposing)
    {
        Free();
        if (disposing)
            compressed.Dispose();

        base.Dispose(disposing);
    }

    private bool Fill()
    {
        _at = 0;
        _filled = compressed.Read(_input);
        return _filled > 0;
    }

    private int Step(Span<byte> buffer)
    {
        fixed (byte* from = _input)
        fixed (byte* to = buffer)
        {
            var input = new ZstdBuffer { Data = from, Size = (nuint)_filled, Position = (nuint)_at };
            var output = new ZstdBuffer { Data = to, Size = (nuint)buffer.Length };
            var left = _zstd.DecompressStream(_context, &output, &input);
            if (_zstd.IsError(left))
                throw new InvalidDataException($"The zstd data is damaged: {_zstd.ErrorName(left)}.");
            if (output.Position > 0 || (int)input.Position != _at)
                _insideFrame = left != 0;
            _at = (int)input.Position;
            return (int)output.Position;
        }
    }

    private void Free()
    {
        if (_context != 0)
            _zstd.FreeDecompressor(_context);
        _context = 0;
    }
}
