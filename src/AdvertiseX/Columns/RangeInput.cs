namespace AdvertiseX.Columns;

/// <summary>Fills a buffer from an offset on; returns the bytes read, fewer than asked for only at the end.</summary>
/// <exception cref="IOException">The content is gone or cannot be read.</exception>
internal delegate int ReadAt(Span<byte> buffer, long offset);

/// <summary>The bytes of a file, wherever it lies, read by ranges. As thread-safe as its reader.</summary>
/// <param name="Length">Length in bytes.</param>
/// <param name="Read">Reads at an offset.</param>
internal readonly record struct RangeInput(long Length, ReadAt Read)
{
    /// <summary>Reads all of the span; false when the file ends before.</summary>
    /// <exception cref="IOException">The content is gone or cannot be read.</exception>
    public bool Fill(Span<byte> to, long at)
    {
        while (to.Length > 0)
        {
            var read = Read(to, at);
            if (read == 0)
                return false;
            to = to[read..];
            at += read;
        }

        return true;
    }
}
