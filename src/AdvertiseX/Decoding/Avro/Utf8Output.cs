using System.Buffers;
using System.Buffers.Text;

namespace AdvertiseX.Decoding.Avro;

/// <summary>A reused buffer that text is rendered into. Not thread-safe. Past its limit it takes nothing more and says
/// so.</summary>
internal sealed class Utf8Output(int maxBytes = Utf8Output.DefaultMaxBytes)
{
    public const int DefaultMaxBytes = 16 << 20;

    /// <summary>Bytes that JSON text needs escaped.</summary>
    public static readonly SearchValues<byte> Escaped = SearchValues.Create([
        .. Enumerable.Range(0, 32).Select(i => (byte)i),
        (byte)'"',
        (byte)'\\',
    ]);
    private byte[] _bytes = new byte[1024];
    private int _length;

    /// <summary>More was written than the limit allows; the text is cut.</summary>
    public bool Overflowed { get; private set; }

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear()
    {
        _length = 0;
        Overflowed = false;
    }

    public void Write(byte value)
    {
        var room = Room(1);
        if (room.IsEmpty)
            return;
        room[0] = value;
        _length++;
    }

    public void Write(ReadOnlySpan<byte> value)
    {
        var room = Room(value.Length);
        if (room.Length < value.Length)
            return;
        value.CopyTo(room);
        _length += value.Length;
    }

    public void Write(long value)
    {
        if (Utf8Formatter.TryFormat(value, Room(20), out var written))
            _length += written;
    }

    /// <summary>Text of UTF-8 as a JSON string: quotes, with what JSON needs escaped.</summary>
    public void WriteJsonText(ReadOnlySpan<byte> text)
    {
        Write((byte)'"');
        while (true)
        {
            var cut = text.IndexOfAny(Escaped);
            if (cut < 0 || Overflowed)
                break;
            Write(text[..cut]);
            WriteEscaped(text[cut]);
            text = text[(cut + 1)..];
        }

        Write(text);
        Write((byte)'"');
    }

    /// <summary>At least so many bytes to write into, or none past the limit; <see cref="Advance"/> says how many were
    /// used.</summary>
    public Span<byte> Room(int bytes)
    {
        if (bytes > _bytes.Length - _length)
        {
            if (_length + (long)bytes > maxBytes)
            {
                Overflowed = true;
                return [];
            }

            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(_bytes.Length * 2L, _length + (long)bytes), maxBytes));
        }

        return _bytes.AsSpan(_length);
    }

    public void Advance(int bytes) => _length += bytes;

    private void WriteEscaped(byte special)
    {
        Write((byte)'\\');
        var letter = special switch
        {
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            (byte)'"' or (byte)'\\' => special,
            _ => (byte)0,
        };
        if (letter != 0)
        {
            Write(letter);
            return;
        }

        Write("u00"u8);
        Write((byte)"0123456789abcdef"[special >> 4]);
        Write((byte)"0123456789abcdef"[special & 15]);
    }
}
