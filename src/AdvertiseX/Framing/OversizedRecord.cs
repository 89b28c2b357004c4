using AdvertiseX.Decoding;
using AdvertiseX.Events;

namespace AdvertiseX.Framing;

/// <summary>Passes over a line longer than the limit in flat memory.</summary>
internal static unsafe class OversizedRecord
{
    /// <summary>The line at the front of the window, whose end is not in it yet, as a block that keeps its first 64
    /// kB.</summary>
    /// <param name="mark">Bytes before the line that belong to the block: a byte order mark, a header.</param>
    public static Block Cut(StreamWindow window, FramerOptions options, int mark, byte lineEnd)
    {
        var from = window.Offset;
        window.Fill(mark + TextRejects.MaxRawBytes);
        var kept = Math.Min(window.Filled, mark + TextRejects.MaxRawBytes);
        var buffer = window.Copy(kept);
        var lineEndBytes = SkipLine(window, mark, options.BlockBytes, lineEnd);
        kept = (int)Math.Min(kept, window.Offset - from);
        return new Block(buffer, kept, from)
        {
            DataFrom = mark,
            OversizedLength = window.Offset - from - mark - lineEndBytes,
            SkippedBytes = window.Offset - from - kept,
            UnterminatedFrom = lineEndBytes == 0 ? from : null,
        };
    }

    /// <summary>Drops everything up to and with the next line end; returns how many bytes that end has, 0 at the end of
    /// the stream.</summary>
    private static int SkipLine(StreamWindow window, int mark, int step, byte lineEnd)
    {
        byte last = 0;
        if (mark > 0)
            window.Drop(mark);
        while (window.Filled > 0)
        {
            var at = window.Span.IndexOf(lineEnd);
            if (at >= 0)
            {
                var before = at > 0 ? window.Bytes[at - 1] : last;
                window.Drop(at + 1);
                return lineEnd == '\n' && before == '\r' ? 2 : 1;
            }

            last = window.Bytes[window.Filled - 1];
            window.Drop(window.Filled);
            window.Fill(step);
        }

        return 0;
    }
}
