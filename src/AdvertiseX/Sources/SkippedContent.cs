namespace AdvertiseX.Sources;

/// <summary>
/// Reads again what a framer passed over of a record that is too large, as the hash of a stream covers all of its
/// bytes. A second reader goes forward only, so however many such records there are, the content is read twice at most.
/// Not thread-safe.
/// </summary>
internal sealed class SkippedContent(FileSource source) : IDisposable
{
    private const int BufferBytes = 64 << 10;
    private byte[] _buffer = [];
    private Stream? _content;
    private long _at;

    /// <summary>Feeds the bytes of a range that begins at or after the end of the range before.</summary>
    public void AppendTo(ContentHash hash, long from, long length)
    {
        if (length == 0)
            return;
        if (_buffer.Length == 0)
            _buffer = new byte[BufferBytes];
        _content ??= new BrokenOffStream(SourceContent.OpenContent(source));
        if (_content.CanSeek)
            _content.Position = _at = from;
        while (_at < from && Read(from - _at) > 0) { }

        for (var left = length; left > 0; )
        {
            var read = Read(left);
            if (read == 0)
                return;
            hash.Append(_buffer.AsSpan(0, read));
            left -= read;
        }
    }

    public void Dispose() => _content?.Dispose();

    private int Read(long most)
    {
        var read = _content!.Read(_buffer, 0, (int)Math.Min(_buffer.Length, most));
        _at += read;
        return read;
    }
}
