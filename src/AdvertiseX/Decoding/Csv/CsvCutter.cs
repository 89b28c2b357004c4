namespace AdvertiseX.Decoding.Csv;

/// <summary>
/// Finds how many whole rows the bytes at hand hold, by the rules of <see cref="CsvRows"/>: it goes from quote to quote
/// and looks at nothing else. The bytes start with a row.
/// </summary>
internal unsafe ref struct CsvCutter
{
    private readonly byte* _start;
    private readonly byte* _end;
    private readonly bool _ended;
    private readonly CsvDialect _dialect;
    private readonly int _maxRecordBytes;
    private byte* _row;
    private byte* _p;

    /// <summary>The row at hand has a line end inside quotes.</summary>
    private bool _multiline;

    /// <param name="ended">The stream has no bytes after these.</param>
    public CsvCutter(byte* start, int length, bool ended, CsvDialect dialect, int maxRecordBytes)
    {
        _start = start;
        _end = start + length;
        _ended = ended;
        _dialect = dialect;
        _maxRecordBytes = maxRecordBytes;
        StartRow(start);
    }

    /// <summary>Bytes of whole rows, <see cref="CsvRows.NeedsMore"/> or <see cref="CsvRows.Oversized"/>.</summary>
    public int Find()
    {
        while (true)
        {
            var quote = NextQuote();
            var regionEnd = quote == null ? _end : quote;
            var step = EndRows(regionEnd);
            if (step == Step.Damaged)
            {
                if (!RestartAtNextLine())
                    return Stop();
                continue;
            }

            if (quote == null)
                return Stop();
            step = Opens(quote) ? PassQuoted(quote) : Pass(quote + 1);
            if (step == Step.Undecided)
                return Stop();
            if (step == Step.Damaged && !RestartAtNextLine())
                return Stop();
        }
    }

    /// <summary>Where the last row starts. Only of a stream's end.</summary>
    public int LastRow()
    {
        Find();
        return (int)(_row - _start);
    }

    private enum Step
    {
        Passed,
        Damaged,
        Undecided,
    }

    private readonly byte* NextQuote()
    {
        if (_p >= _end)
            return null;
        var at = new ReadOnlySpan<byte>(_p, (int)(_end - _p)).IndexOf((byte)'"');
        return at < 0 ? null : _p + at;
    }

    /// <summary>Moves the row's start behind the last line end before <paramref name="regionEnd"/>, where no quotes
    /// are.</summary>
    private Step EndRows(byte* regionEnd)
    {
        if (_multiline)
        {
            var lineEnd = CsvRows.LineEnd(_p, regionEnd, _dialect);
            var rowEnd =
                lineEnd != null ? CsvRows.ContentEnd(_row, lineEnd, _dialect)
                : _ended && regionEnd == _end ? _end
                : regionEnd - 1;
            if (rowEnd - _row > _maxRecordBytes)
                return Step.Damaged;
            if (lineEnd == null)
                return Step.Passed;
            StartRow(lineEnd + 1);
        }

        if (_p >= regionEnd)
            return Step.Passed;
        var last = new ReadOnlySpan<byte>(_p, (int)(regionEnd - _p)).LastIndexOf(_dialect.LineEnd);
        if (last >= 0)
            _row = CsvRows.SkipBlank(_p + last + 1, _end, _dialect);
        return Step.Passed;
    }

    private readonly bool Opens(byte* quote)
    {
        while (quote > _row && quote[-1] == ' ')
            quote--;
        return quote == _row || quote[-1] == _dialect.Delimiter;
    }

    private Step Pass(byte* to)
    {
        _p = to;
        return Step.Passed;
    }

    private Step PassQuoted(byte* quote)
    {
        var limit = _row + _maxRecordBytes;
        var limited = limit < _end;
        if (quote >= limit)
            return Step.Damaged;
        var close = CsvRows.ClosingQuote(quote + 1, limited ? limit : _end, out _);
        if (close == null)
            return limited || _ended ? Step.Damaged : Step.Undecided;
        var after = CsvRows.AfterClosing(close + 1, _end, _dialect);
        if (after == null || after > limit)
            return Step.Damaged;
        if (!_ended && (after >= _end || (*after == '\r' && after + 1 >= _end)))
            return Step.Undecided;
        _multiline |= CsvRows.LineEnd(quote, close, _dialect) != null;
        return Pass(after);
    }

    private bool RestartAtNextLine()
    {
        var lineEnd = CsvRows.LineEnd(_row, _end, _dialect);
        if (lineEnd == null)
            return false;
        StartRow(lineEnd + 1);
        return true;
    }

    private void StartRow(byte* row)
    {
        _row = _p = CsvRows.SkipBlank(row, _end, _dialect);
        _multiline = false;
    }

    private readonly int Stop()
    {
        if (_ended)
            return (int)(_end - _start);
        if (_row > _start)
            return (int)(_row - _start);
        return _end - _start > _maxRecordBytes + 1L && CsvRows.LineEnd(_start, _end, _dialect) == null
            ? CsvRows.Oversized
            : CsvRows.NeedsMore;
    }
}
