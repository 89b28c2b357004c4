using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Events;

namespace AdvertiseX.Framing.Avro;

/// <summary>
/// Cuts an Avro object container file (specification 1.12) into blocks of about the wanted size, each a number of whole
/// container blocks that are still compressed; <see cref="Block.Records"/> holds one span for each container block,
/// from its count to the end of its sync marker. A container block whose count, size or marker is wrong is one damaged
/// span up to the next marker. A file whose header cannot be used is one damaged span, whatever its length.
/// </summary>
internal sealed unsafe class AvroFramer : IFramer
{
    /// <summary>Bytes of the longest container block that is read; one that claims more is damaged.</summary>
    public const int MaxContainerBlockBytes = 64 << 20;

    private const int MaxPrefixBytes = 20;
    private const int NotAtHand = 0;
    private const int Damaged = int.MinValue;
    private readonly Stream _source;
    private readonly FramerOptions _options;
    private readonly AvroSchema? _reader;
    private NativeBuffer? _buffer;
    private int _filled;
    private long _from;
    private bool _sourceEnded;
    private bool _started;
    private bool _insideDamage;

    /// <param name="source">The decompressed content from its start; disposed with the framer.</param>
    /// <param name="options">How to cut.</param>
    /// <param name="reader">What the records are to be read as; null = as they were written.</param>
    public AvroFramer(Stream source, FramerOptions options, AvroSchema? reader = null)
    {
        _source = source;
        _options = options;
        _reader = reader;
    }

    /// <summary>The file's header; null until the first block was given, and where the header cannot be used.</summary>
    public AvroHeader? Header { get; private set; }

    /// <summary>What is wrong with the header, if anything.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>The writer's schema.</summary>
    public ReadOnlyMemory<byte> HeaderForReplay => Header?.SchemaJson ?? default;

    /// <inheritdoc/>
    public IRecordDecoder CreateDecoder(CompiledContract contract) =>
        new AvroBlockDecoder(Header, contract, _options.MaxRecordBytes, _reader);

    /// <inheritdoc/>
    public Block? Next()
    {
        var dataFrom = 0;
        if (!_started)
        {
            _started = true;
            dataFrom = Start();
        }

        if (_buffer is null || !Fill(_options.BlockBytes))
            return null;
        return Cut(dataFrom);
    }

    /// <inheritdoc/>
    public void SkipTo(long offset)
    {
        if (!_started)
        {
            _started = true;
            Start();
        }

        _insideDamage = false;
        if (_buffer is not null)
            GoTo(offset);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
        _source.Dispose();
    }

    /// <summary>Reads the header, and on to where records begin. Returns the bytes of the header that the first block
    /// covers.</summary>
    private int Start()
    {
        _buffer = NativePool.Rent(_options.BlockBytes);
        var wanted = Math.Min(64 << 10, _options.BlockBytes);
        while (true)
        {
            Fill(wanted);
            var state = AvroHeader.Read(
                new ReadOnlySpan<byte>(_buffer.Pointer, _filled),
                out var header,
                out var problem
            );
            Header = header;
            Problem = problem;
            if (state != AvroHeaderState.NeedsMore || _sourceEnded)
                break;
            wanted = _filled * 2;
        }

        if (_options.StartAt > 0)
            GoTo(_options.StartAt);
        return _options.StartAt > 0 ? 0 : Header?.Length ?? 0;
    }

    private void GoTo(long offset)
    {
        if (_source.CanSeek && offset > _from + _filled)
        {
            _from = _source.Seek(Math.Min(offset, _source.Length), SeekOrigin.Begin);
            _filled = 0;
            return;
        }

        while (_from + _filled < offset && !_sourceEnded)
        {
            _from += _filled;
            _filled = 0;
            Fill(1);
        }

        var passed = (int)Math.Min(offset - _from, _filled);
        new Span<byte>(_buffer!.Pointer + passed, _filled - passed).CopyTo(new Span<byte>(_buffer.Pointer, _filled));
        _filled -= passed;
        _from += passed;
    }

    /// <summary>Reads until so many bytes are at hand or the source ends. False if there are none.</summary>
    private bool Fill(int wanted)
    {
        if (wanted > _buffer!.Length)
        {
            var grown = NativePool.Rent(wanted);
            new Span<byte>(_buffer.Pointer, _filled).CopyTo(new Span<byte>(grown.Pointer, _filled));
            _buffer.Dispose();
            _buffer = grown;
        }

        while (_filled < wanted && !_sourceEnded)
        {
            var room = (int)Math.Min(_buffer.Length - _filled, int.MaxValue);
            var read = _source.Read(new Span<byte>(_buffer.Pointer + _filled, room));
            _filled += read;
            _sourceEnded = read == 0;
        }

        return _filled > 0;
    }

    private Block Cut(int dataFrom)
    {
        var spans = new RecordSpans();
        if (Header is null)
            return CutUnusable(spans);
        if (_insideDamage)
        {
            dataFrom = AfterSync(0);
            _insideDamage = dataFrom < 0 && !_sourceEnded;
            if (dataFrom < 0)
                return Give(_sourceEnded ? _filled : _filled - (AvroHeader.SyncBytes - 1), null, spans);
        }

        var at = dataFrom;
        while (at < _filled)
        {
            var length = Measure(at, mayRead: at == dataFrom);
            if (length == NotAtHand)
                break;
            if (length == Damaged && !TryPassDamage(at, first: at == dataFrom, out length))
                break;
            if (length == Damaged)
                return GiveDamage(at, dataFrom, spans);
            spans.Add(new RecordSpan(at, Math.Abs(length), Damaged: length < 0));
            at += Math.Abs(length);
        }

        return Give(at, dataFrom, spans);
    }

    /// <summary>Without a valid header no record can be decoded: one reject for the whole file, and the rest is
    /// skipped.</summary>
    private Block CutUnusable(RecordSpans spans)
    {
        if (_from > 0)
            return Give(_filled, null, spans);
        spans.Add(new RecordSpan(0, _filled, Damaged: true));
        return Give(_filled, 0, spans);
    }

    /// <summary>Length of the container block at an offset, <see cref="NotAtHand"/>, or
    /// <see cref="Damaged"/>.</summary>
    /// <param name="at">Offset in the buffer.</param>
    /// <param name="mayRead">Whether to read on for it; else it waits for the next cut.</param>
    private int Measure(int at, bool mayRead)
    {
        if (mayRead)
            Fill(at + MaxPrefixBytes);
        var cursor = new AvroCursor(_buffer!.Pointer + at, _buffer.Pointer + _filled, 0);
        var count = cursor.Long();
        var size = cursor.Long();
        if (cursor.Fault == AvroFault.Truncated && !_sourceEnded && !mayRead)
            return NotAtHand;
        if (cursor.Fault != AvroFault.None || count < 0 || size is < 0 or > MaxContainerBlockBytes)
            return Damaged;
        var length = (int)(cursor.At - _buffer.Pointer) - at + (int)size + AvroHeader.SyncBytes;
        if (mayRead)
            Fill(at + length);
        if (at + length > _filled)
            return _sourceEnded ? Damaged : NotAtHand;
        var marker = new ReadOnlySpan<byte>(_buffer.Pointer + at + length - AvroHeader.SyncBytes, AvroHeader.SyncBytes);
        return marker.SequenceEqual(Header!.Sync.Span) ? length : Damaged;
    }

    /// <summary>Finds where damage ends. False if it waits for the next cut; a negative length is that of the damage up
    /// to the next marker; <see cref="Damaged"/> stays if no marker is at hand.</summary>
    private bool TryPassDamage(int at, bool first, out int length)
    {
        length = Damaged;
        var end = AfterSync(at);
        if (end < 0 && !_sourceEnded)
        {
            if (!first)
                return false;
            Fill(at + _options.BlockBytes);
            end = AfterSync(at);
        }

        if (end >= 0)
            length = at - end;
        return true;
    }

    /// <summary>Gives damage that reaches past what is at hand. At the end of the source it may be a block still being
    /// written.</summary>
    private Block GiveDamage(int at, int dataFrom, RecordSpans spans)
    {
        _insideDamage = !_sourceEnded;
        var end = _sourceEnded ? _filled : _filled - (AvroHeader.SyncBytes - 1);
        spans.Add(new RecordSpan(at, end - at, Damaged: true));
        return Give(end, dataFrom, spans, _sourceEnded ? _from + at : null);
    }

    /// <summary>Offset after the first sync marker from an offset on, or -1.</summary>
    private int AfterSync(int from)
    {
        var found = new ReadOnlySpan<byte>(_buffer!.Pointer + from, _filled - from).IndexOf(Header!.Sync.Span);
        return found < 0 ? -1 : from + found + AvroHeader.SyncBytes;
    }

    /// <summary>Gives the first bytes of the buffer away, and takes what is behind them into a new one.</summary>
    private Block Give(int end, int? dataFrom, RecordSpans spans, long? unterminatedFrom = null)
    {
        var given = new Block(_buffer!, end, _from)
        {
            DataFrom = dataFrom ?? end,
            Records = spans,
            UnterminatedFrom = unterminatedFrom,
        };
        var left = _filled - end;
        var next = left == 0 && _sourceEnded ? null : NativePool.Rent(Math.Max(_options.BlockBytes, left));
        if (next is not null)
            new ReadOnlySpan<byte>(given.Bytes + end, left).CopyTo(next.Span);
        _buffer = next;
        _filled = left;
        _from += end;
        return given;
    }
}
