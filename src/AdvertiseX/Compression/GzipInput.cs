namespace AdvertiseX.Compression;

/// <summary>The compressed bytes of a gzip file, handed out so that one can tell whether the last member ends the file:
/// zero bytes at the end of the file, which may follow it, come one by one. Owns the stream beneath.</summary>
internal sealed class GzipInput(Stream compressed) : ReadOnlyStream
{
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(64 * 1024);
    private int _at;
    private int _filled;

    // Zero bytes before those in the buffer, not yet handed out.
    private long _zeros;

    /// <summary>True once the end of the file was handed out.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>True if the last Read gave nothing, or a zero byte with nothing but zero bytes behind it.</summary>
    public bool IsInPadding { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        var full = _buffer.AsSpan(_at, _filled - _at).LastIndexOfAnyExcept((byte)0) + 1;
        if (full == 0 && _zeros == 0)
            full = CountZeros();
        if (_zeros > 0)
            return Zeros(buffer, isPadding: full == 0);
        var count = Math.Min(buffer.Length, full);
        _buffer.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        IsInPadding = HasEnded = count == 0;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            compressed.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Counts zero bytes up to another byte or the end. Returns how many bytes then lie in the buffer up to
    /// the last one that is not zero.</summary>
    private int CountZeros()
    {
        while (true)
        {
            _zeros += _filled - _at;
            _at = 0;
            _filled = compressed.Read(_buffer);
            var full = _buffer.AsSpan(0, _filled).LastIndexOfAnyExcept((byte)0) + 1;
            if (full > 0 || _filled == 0)
                return full;
        }
    }

    private int Zeros(Span<byte> buffer, bool isPadding)
    {
        var count = isPadding ? 1 : (int)Math.Min(buffer.Length, _zeros);
        buffer[..count].Clear();
        _zeros -= count;
        IsInPadding = isPadding;
        return count;
    }
}
