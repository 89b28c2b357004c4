using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Decoding.Csv;
using AdvertiseX.Events;

namespace AdvertiseX.Framing.Csv;

/// <summary>
/// Cuts a stream of CSV into blocks of whole rows, by the rules of <see cref="CsvRows"/>. The header is the first line
/// that is not blank, unless the contract names the columns.
/// </summary>
internal sealed unsafe class CsvFramer : IFramer
{
    private const int MinSampleBytes = 64 << 10;
    private readonly FramerOptions _options;
    private readonly CompiledContract _contract;
    private readonly StreamWindow _window;
    private CsvHeader? _header;
    private int _dataFrom;

    /// <param name="source">Decompressed bytes from offset 0 on; stays the caller's. Seeking is used where
    /// possible.</param>
    /// <param name="contract">Knows column names, which tell the delimiter, or the columns of a stream without
    /// header.</param>
    public CsvFramer(Stream source, FramerOptions options, CompiledContract contract)
    {
        _options = options;
        _contract = contract;
        _window = new StreamWindow(source);
    }

    /// <summary>Dialect and columns; null before the first block was asked for.</summary>
    public CsvHeader? Header => _header;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> HeaderForReplay => _header?.Line ?? default;

    /// <inheritdoc/>
    public Block? Next()
    {
        if (_header == null)
            Start();
        var wanted = _dataFrom + _options.BlockBytes;
        while (true)
        {
            _window.Fill(wanted);
            if (_window.Filled == 0)
                return null;
            var present = Math.Min(_window.Filled, wanted);
            var ended = _window.Ended && present == _window.Filled;
            var cutter = new CsvCutter(
                _window.Bytes + _dataFrom,
                present - _dataFrom,
                ended,
                _header!.Dialect,
                _options.MaxRecordBytes
            );
            var found = cutter.Find();
            if (found > 0 || ended)
                return Cut(_dataFrom + found);
            if (found == CsvRows.Oversized)
                return OversizedRecord.Cut(_window, _options, TakeDataFrom(), _header.Dialect.LineEnd);
            wanted = (int)
                Math.Min(2L * present, _dataFrom + Math.Max(_options.BlockBytes, _options.MaxRecordBytes + 64L));
        }
    }

    /// <inheritdoc/>
    public void SkipTo(long offset)
    {
        if (_header == null)
            Start();
        GoTo(offset);
    }

    /// <inheritdoc/>
    public IRecordDecoder CreateDecoder(CompiledContract contract) =>
        new CsvBlockDecoder(
            contract,
            _header ?? throw new InvalidOperationException("no block was read yet"),
            _options.MaxRecordBytes
        );

    public void Dispose() => _window.Dispose();

    private void Start()
    {
        // If the header exceeds the maximum record length, the part that was read is used.
        _window.Fill(MinSampleBytes);
        _header = CsvHeader.Read(_window.Span, _contract);
        if (!_header.IsTerminated && !_window.Ended)
        {
            _window.Fill(Math.Max(_options.BlockBytes, _options.MaxRecordBytes));
            _header = CsvHeader.Read(_window.Span, _contract);
        }

        _dataFrom = _header.DataFrom;
        if (_options.StartAt > 0)
            GoTo(_options.StartAt);
    }

    private void GoTo(long offset)
    {
        _dataFrom = (int)Math.Max(0, _dataFrom - (offset - _window.Offset));
        _window.SkipTo(offset, _options.BlockBytes);
    }

    private Block Cut(int length)
    {
        var from = _window.Offset;
        var unterminated = Unterminated(length);
        var dataFrom = TakeDataFrom();
        return new Block(_window.Take(length), length, from) { DataFrom = dataFrom, UnterminatedFrom = unterminated };
    }

    /// <summary>Where the stream's last row starts if no line end follows it; the header's start if that is what is cut
    /// off.</summary>
    private long? Unterminated(int length)
    {
        var lineEnd = _header!.Dialect.LineEnd;
        if (!_window.Ended || length < _window.Filled || _window.Bytes[length - 1] == lineEnd)
            return null;
        if (length == _dataFrom)
            return _header.IsTerminated ? null : _window.Offset;
        var cutter = new CsvCutter(
            _window.Bytes + _dataFrom,
            length - _dataFrom,
            ended: true,
            _header.Dialect,
            _options.MaxRecordBytes
        );
        var lastRow = _dataFrom + cutter.LastRow();
        var blank = _window.Span[lastRow..length].Trim(" \r\n"u8).IsEmpty;
        return blank ? null : _window.Offset + lastRow;
    }

    private int TakeDataFrom()
    {
        var dataFrom = _dataFrom;
        _dataFrom = 0;
        return dataFrom;
    }
}
