namespace AdvertiseX.Lake.Storage;

/// <summary>An object opened to be read at any offset. Thread-safe.</summary>
public abstract class ObjectReader : IDisposable
{
    /// <summary>Size in bytes when it was opened.</summary>
    public abstract long Length { get; }

    /// <summary>Fills a buffer from an offset on; returns the bytes read, fewer than asked for only at the
    /// end.</summary>
    /// <exception cref="IOException">The store failed, or the object is gone.</exception>
    public abstract int Read(Span<byte> buffer, long offset);

    public abstract void Dispose();
}
