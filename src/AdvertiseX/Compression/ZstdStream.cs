using ZstdSharp;
using ZstdSharp.Unsafe;

namespace AdvertiseX.Compression;

/// <summary>Reads a file of zstd frames (RFC 8878), one after another. Owns the stream beneath. Frames that ask for a
/// larger window than is allowed are refused, which bounds the memory.</summary>
internal sealed class ZstdStream : ReadOnlyStream
{
    /// <summary>The largest window allowed by default is 2 to the power of this, 128 MB.</summary>
    public const int UsualWindowLog = 27;

    private readonly DecompressionStream _content;
    private readonly int _windowLog;

    /// <param name="compressed">The frames.</param>
    /// <param name="windowLog">The largest window allowed is 2 to the power of this.</param>
    public ZstdStream(Stream compressed, int windowLog = UsualWindowLog)
    {
        _windowLog = windowLog;
        _content = new DecompressionStream(compressed, leaveOpen: false);
        _content.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, windowLog);
    }

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
                    ? $"The zstd data needs a window of more than {1 << (_windowLog - 20)} MB."
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
