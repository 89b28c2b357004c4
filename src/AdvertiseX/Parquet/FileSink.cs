using System.Runtime.InteropServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>Gathers bytes into large sequential writes, counts and hashes them. Not thread-safe.</summary>
internal sealed unsafe class FileSink(Stream target) : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly NativeBuffer _buffer = NativePool.Rent(BufferBytes);
    private readonly FileHash _hash = new();
    private int _held;

    /// <summary>Bytes taken since the start.</summary>
    public long Position { get; private set; }

    /// <summary>Hash of the bytes that were flushed.</summary>
    public string HashText => _hash.Text;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Position += bytes.Length;
        if (bytes.Length > BufferBytes - _held)
            Flush();
        if (bytes.Length >= BufferBytes)
        {
            Send(bytes);
            return;
        }

        fixed (byte* source = bytes)
            NativeMemory.Copy(source, _buffer.Pointer + _held, (nuint)bytes.Length);
        _held += bytes.Length;
    }

    /// <summary>Writes any number of bytes.</summary>
    public void Write(byte* bytes, long length)
    {
        while (length > 0)
        {
            var part = (int)Math.Min(length, 1 << 30);
            Write(new ReadOnlySpan<byte>(bytes, part));
            bytes += part;
            length -= part;
        }
    }

    public void Flush()
    {
        if (_held > 0)
            Send(new ReadOnlySpan<byte>(_buffer.Pointer, _held));
        _held = 0;
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        _hash.Append(bytes);
        target.Write(bytes);
    }

    public void Dispose() => _buffer.Dispose();
}
