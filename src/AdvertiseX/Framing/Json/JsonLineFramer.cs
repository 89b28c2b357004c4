using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Decoding.Json;
using AdvertiseX.Events;

namespace AdvertiseX.Framing.Json;

/// <summary>
/// Cuts one record a line. A line longer than the limit becomes a block of its own that holds its first 64 kB, however
/// long it is; the rest is read and dropped.
/// </summary>
internal sealed class JsonLineFramer(StreamWindow window, FramerOptions options, int mark) : IFramer
{
    private int _mark = mark;

    public ReadOnlyMemory<byte> HeaderForReplay => default;

    public Block? Next()
    {
        var searched = 0;
        var wanted = options.BlockBytes;
        while (true)
        {
            window.Fill(wanted);
            if (window.Filled == 0)
                return null;
            var present = Math.Min(window.Filled, wanted);
            if (window.Ended && present == window.Filled)
                return Cut(present);
            var last = window.Span[searched..present].LastIndexOf((byte)'\n');
            if (last >= 0)
                return Cut(searched + last + 1);
            if (present - _mark > options.MaxRecordBytes + 1L)
                return OversizedRecord.Cut(window, options, TakeMark(present), (byte)'\n');
            searched = present;
            wanted = (int)Math.Min(2L * present, Math.Max(options.BlockBytes, options.MaxRecordBytes + 64L));
        }
    }

    public void SkipTo(long offset)
    {
        _mark = (int)Math.Max(0, _mark - (offset - window.Offset));
        window.SkipTo(offset, options.BlockBytes);
    }

    public IRecordDecoder CreateDecoder(CompiledContract contract) =>
        new JsonBlockDecoder(contract, options.MaxRecordBytes);

    public void Dispose() => window.Dispose();

    private Block Cut(int length)
    {
        var from = window.Offset;
        var tail = length - (window.Span[..length].LastIndexOf((byte)'\n') + 1);
        var blank = window.Span.Slice(length - tail, tail).Trim(" \t\r"u8).IsEmpty;
        var mark = TakeMark(length);
        var buffer = window.Take(length);
        return new Block(buffer, length, from)
        {
            DataFrom = mark,
            UnterminatedFrom = tail == 0 || blank ? null : Math.Max(from + length - tail, from + mark),
        };
    }

    private int TakeMark(int length)
    {
        var mark = Math.Min(_mark, length);
        _mark -= mark;
        return mark;
    }
}
