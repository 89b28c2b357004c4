using System.IO.Compression;

namespace AdvertiseX.Compression;

/// <summary>
/// Reads a file of gzip members (RFC 1952), one after another; zero bytes may follow the last. Any other byte there is
/// damage: .NET's <see cref="GZipStream"/> takes everything behind a member with a damaged header for rubbish, and rows
/// would vanish in silence. Owns the stream beneath.
/// </summary>
internal sealed class GzipStream : ReadOnlyStream
{
    private readonly GzipInput _input;
    private readonly GZipStream _content;

    public GzipStream(Stream compressed)
    {
        _input = new GzipInput(compressed);
        _content = new GZipStream(_input, CompressionMode.Decompress);
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = _content.Read(buffer);
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException(
                _input.HasEnded ? "The gzip data is damaged or ends too early." : "The gzip data is damaged.",
                fault
            );
        }

        // With nothing behind a member, the decoder asks for more until it gets the end; it stops before at any other
        // byte that begins no member.
        if (read == 0 && !buffer.IsEmpty && !_input.IsInPadding)
            throw new InvalidDataException("The gzip data is damaged.");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }
}
