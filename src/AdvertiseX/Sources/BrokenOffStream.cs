namespace AdvertiseX.Sources;

/// <summary>
/// Content that may break off: damaged compression or a failing disk ends it early instead of throwing, so that what
/// was read before is still cut into records, and the fault is kept for whoever asks. Owns the stream beneath. Not
/// thread-safe.
/// </summary>
internal sealed class BrokenOffStream(Stream content) : Stream
{
    /// <summary>Why the content ended early; null while it did not.</summary>
    public Exception? Fault { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => content.CanSeek;

    public override bool CanWrite => false;

    public override long Length => content.Length;

    public override long Position
    {
        get => content.Position;
        set => content.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (Fault != null)
            return 0;
        try
        {
            return content.Read(buffer);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            Fault = e;
            return 0;
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => content.Seek(offset, origin);

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            content.Dispose();
        base.Dispose(disposing);
    }
}
