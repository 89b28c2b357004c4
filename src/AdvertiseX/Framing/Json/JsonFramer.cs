using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Decoding.Json;
using AdvertiseX.Events;

namespace AdvertiseX.Framing.Json;

/// <summary>
/// Cuts a stream of JSON records: one a line, an array, or objects one after the other. Which of them is told from the
/// beginning (<see cref="JsonLayouts.Detect"/>). One a line: only the last line end of a block is looked for, and blank
/// lines are no records. Otherwise <see cref="JsonObjectFramer"/> finds the objects. A byte order mark is passed over.
/// </summary>
internal sealed class JsonFramer : IFramer
{
    private const int MinSampleBytes = 64 << 10;
    private readonly FramerOptions _options;
    private readonly StreamWindow _window;
    private IFramer? _inner;

    /// <param name="source">Decompressed bytes from offset 0 on; stays the caller's. Seeking is used where
    /// possible.</param>
    public JsonFramer(Stream source, FramerOptions options)
    {
        _options = options;
        _window = new StreamWindow(source);
    }

    /// <summary>How the records follow one another; valid once the first block was given.</summary>
    public JsonLayout Layout { get; private set; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> HeaderForReplay => default;

    /// <inheritdoc/>
    public Block? Next()
    {
        _inner ??= Start();
        return _inner.Next();
    }

    /// <inheritdoc/>
    public void SkipTo(long offset)
    {
        _inner ??= Start();
        _inner.SkipTo(offset);
    }

    /// <inheritdoc/>
    public IRecordDecoder CreateDecoder(CompiledContract contract) =>
        new JsonBlockDecoder(contract, _options.MaxRecordBytes);

    public void Dispose()
    {
        _inner?.Dispose();
        _window.Dispose();
    }

    private IFramer Start()
    {
        _window.Fill(Math.Max(_options.BlockBytes, MinSampleBytes));
        Layout = JsonLayouts.Detect(_window.Span);
        var mark = _window.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
        var nextObject = Layout == JsonLayout.Lines ? null : NextObjectFrom(mark);
        if (_options.StartAt > 0)
        {
            _window.SkipTo(_options.StartAt, _options.BlockBytes);
            mark = (int)Math.Max(0, mark - _options.StartAt);
        }

        return nextObject == null
            ? new JsonLineFramer(_window, _options, mark)
            : new JsonObjectFramer(_window, _options, mark, nextObject);
    }

    private unsafe NextObject NextObjectFrom(int mark) =>
        new(
            _window.Bytes + mark,
            Math.Max(0, Math.Min(_window.Filled, MinSampleBytes) - mark),
            _options.MaxRecordBytes
        );
}
