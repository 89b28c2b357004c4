using ZstdSharp;
using ZstdSharp.Unsafe;

namespace AdvertiseX.Compression;

/// <summary>Reads a file of zstd frames (RFC 8878), one after another. Owns the stream beneath. Frames that ask for a
/// window over 128 MB are refused, which bounds the memory.</summary>
internal sealed class ZstdStream(Stream compressed) : ReadOnlyStream
{
    private readonly DecompressionStream _content = new(compressed, leaveOpen: false);

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return _content.Read(buffer);
        }
        catch (ZstdException fault)
        {
            throw new InvalidDataException(
                fault.Code == ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge
                    ? "The zstd data needs a window of more than 128 MB."
                    : "The zstd data is damaged.",
                fault
            );
        }
        catch (EndOfStreamException fault)
        {
            throw new InvalidDataException("The zstd data ends inside a frame.", fault);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }
}
