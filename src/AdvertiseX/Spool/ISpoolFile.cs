namespace AdvertiseX.Spool;

/// <summary>A file of a spool. One thread writes it; others may read what is written.</summary>
internal interface ISpoolFile : IDisposable
{
    /// <summary>Bytes of it.</summary>
    long Length { get; }

    /// <summary>Reads up to as many bytes as fit.</summary>
    /// <returns>Bytes read; fewer only at the end of the file.</returns>
    int Read(long offset, Span<byte> into);

    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts it off.</summary>
    void Truncate(long length);

    /// <summary>Makes everything written before safe.</summary>
    void Flush();
}
