using ICSharpCode.SharpZipLib.BZip2;

namespace AdvertiseX.Compression;

/// <summary>Reads a file of bzip2 streams, one after another (as pbzip2 writes them). Owns the stream
/// beneath.</summary>
internal sealed class Bzip2Stream(Stream compressed) : ReadOnlyStream
{
    // The decoder takes single bytes and never more than its own stream, so the next one starts where it stopped.
    private readonly OneByteAhead _input = new(new BufferedStream(compressed, 128 * 1024));
    private BZip2InputStream? _current;

    public override int Read(Span<byte> buffer)
    {
        var scratch = System.Buffers.ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length, 64 * 1024));
        try
        {
            var read = ReadInto(scratch, Math.Min(buffer.Length, scratch.Length));
            scratch.AsSpan(0, read).CopyTo(buffer);
            return read;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            compressed.Dispose();
        base.Dispose(disposing);
    }

    private int ReadInto(byte[] buffer, int count)
    {
        if (count == 0)
            return 0;
        try
        {
            while (true)
            {
                if (_current is null && !_input.HasMore())
                    return 0;
                _current ??= new BZip2InputStream(_input) { IsStreamOwner = false };
                var read = _current.Read(buffer, 0, count);
                if (read > 0)
                    return read;
                _current = null;
            }
        }
        catch (Exception damaged)
            when (damaged
                    is BZip2Exception
                        or EndOfStreamException
                        or IndexOutOfRangeException
                        or NullReferenceException
                        or OverflowException
                        or ArgumentException
            )
        {
            // The library meets damage with whatever its arrays throw.
            throw new InvalidDataException("The bzip2 data is damaged or ends too early.", damaged);
        }
    }

    /// <summary>Lets one look whether another byte follows, without taking it.</summary>
    private sealed class OneByteAhead(BufferedStream inner) : ReadOnlyStream
    {
        private int _ahead = -1;

        public bool HasMore() => _ahead >= 0 || (_ahead = inner.ReadByte()) >= 0;

        public override int ReadByte()
        {
            if (_ahead < 0)
                return inner.ReadByte();
            var taken = _ahead;
            _ahead = -1;
            return taken;
        }

        public override int Read(Span<byte> buffer)
        {
            if (buffer.IsEmpty)
                return 0;
            var next = ReadByte();
            if (next < 0)
                return 0;
            buffer[0] = (byte)next;
            return 1;
        }
    }
}
