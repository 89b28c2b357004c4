using System.Runtime.InteropServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Framing;

/// <summary>
/// The part of a stream that a framer looks at: a pooled buffer that is filled from the source, whose front becomes a
/// block and whose rest moves to the next buffer. Holds at most what was asked for. Not thread-safe; does not own the
/// stream.
/// </summary>
internal sealed unsafe class StreamWindow(Stream source) : IDisposable
{
    private NativeBuffer? _buffer;

    /// <summary>First byte; moves when the window is filled or cut.</summary>
    public byte* Bytes { get; private set; }

    /// <summary>Bytes present.</summary>
    public int Filled { get; private set; }

    /// <summary>Offset of the first byte in the stream.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether the source gave its last byte.</summary>
    public bool Ended { get; private set; }

    public ReadOnlySpan<byte> Span => new(Bytes, Filled);

    /// <summary>Reads until <paramref name="wanted"/> bytes are present or the source ends.</summary>
    public void Fill(int wanted)
    {
        if (Filled >= wanted || Ended)
            return;
        if (_buffer == null || _buffer.Length < wanted)
            Grow(wanted);
        while (Filled < wanted && !Ended)
        {
            var read = source.Read(new Span<byte>(Bytes + Filled, wanted - Filled));
            if (read == 0)
                Ended = true;
            Filled += read;
        }
    }

    /// <summary>Hands over the buffer with the first <paramref name="length"/> bytes; the rest stays in the
    /// window.</summary>
    public NativeBuffer Take(int length)
    {
        var taken = _buffer!;
        var rest = Filled - length;
        _buffer = null;
        Bytes = null;
        Filled = 0;
        Offset += length;
        if (rest > 0)
        {
            Grow(rest);
            NativeMemory.Copy(taken.Pointer + length, Bytes, (nuint)rest);
            Filled = rest;
        }

        return taken;
    }

    /// <summary>A copy of the first <paramref name="length"/> bytes.</summary>
    public NativeBuffer Copy(int length)
    {
        var copy = NativePool.Rent(length);
        NativeMemory.Copy(Bytes, copy.Pointer, (nuint)length);
        return copy;
    }

    /// <summary>Forgets the first <paramref name="length"/> bytes.</summary>
    public void Drop(int length)
    {
        Filled -= length;
        Offset += length;
        if (Filled > 0)
            Buffer.MemoryCopy(Bytes + length, Bytes, Filled, Filled);
    }

    /// <summary>Goes on to an offset at or after <see cref="Offset"/>, by seeking where the source can.</summary>
    public void SkipTo(long offset, int step)
    {
        if (offset > Offset + Filled && source.CanSeek)
        {
            Offset = source.Seek(offset, SeekOrigin.Begin);
            Filled = 0;
            return;
        }

        while (Offset < offset)
        {
            if (Filled == 0)
                Fill(step);
            if (Filled == 0)
                return;
            Drop((int)Math.Min(Filled, offset - Offset));
        }
    }

    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
        Bytes = null;
        Filled = 0;
    }

    private void Grow(int wanted)
    {
        var grown = NativePool.Rent(wanted);
        if (_buffer != null)
        {
            NativeMemory.Copy(_buffer.Pointer, grown.Pointer, (nuint)Filled);
            _buffer.Dispose();
        }

        _buffer = grown;
        Bytes = grown.Pointer;
    }
}
