using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Messages;
using AdvertiseX.Sources;

namespace AdvertiseX.Spool;

/// <summary>The reading of a segment from where the ledger stands. A position is the number of a delivery. For the
/// thread that reads, unless a member says otherwise.</summary>
internal sealed class SpoolStream : ILiveStream, IDisposable
{
    // Deliveries of one block were received at about one time.
    private static readonly long SpanMicros = (long)TimeSpan.FromSeconds(1).TotalMicroseconds;

    private readonly EventSpool _spool;
    private readonly ISchemas _schemas;
    private readonly ISpoolFile _file;
    private readonly SegmentReader? _reader;
    private readonly MessageBlock _read = new();
    private long _receivedFirst;
    private long _receivedLast;
    private bool _isRead;
    private volatile bool _isGivenUp;

    /// <param name="spool">The spool.</param>
    /// <param name="segment">What to read.</param>
    /// <param name="file">Its file; the stream disposes it.</param>
    /// <param name="from">Number of the first delivery that is not in the lake.</param>
    /// <param name="contract">How fields map.</param>
    /// <param name="schemas">Schemas of Avro.</param>
    public SpoolStream(
        EventSpool spool,
        SpoolSegment segment,
        ISpoolFile file,
        long from,
        CompiledContract contract,
        ISchemas schemas
    )
    {
        (_spool, Segment, _file, _schemas) = (spool, segment, file, schemas);
        Contract = contract;
        if (segment.Header is { } header)
            _reader = new SegmentReader(file, header.Secret, from);
        else
            _isRead = from > 0;
    }

    public SpoolSegment Segment { get; }

    public string Name => Segment.Name.Stream;

    public string Stream => Segment.Name.Stream;

    public CompiledContract Contract { get; }

    public bool IsEndless => true;

    public bool IsGivenUp => _isGivenUp;

    /// <summary>Whether everything was read and nothing more follows.</summary>
    public bool IsRead => _isRead && !_read.HasAny;

    /// <summary>What is not in the ledger now never gets there from this reading. For any thread.</summary>
    public void GiveUp() => _isGivenUp = true;

    public ValueTask PrepareAsync(Block block) =>
        block.IsDamaged ? ValueTask.CompletedTask : _schemas.LearnAsync(NamedSchemas.In(block));

    public IBlockDecoder CreateDecoder(FramerOptions options) => new MessageDecoder(Contract, options, _schemas);

    /// <summary>For any thread.</summary>
    public ValueTask CommittedAsync(long next, CancellationToken cancellation)
    {
        _spool.Committed(Segment, next);
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads about a block, and hands on blocks that are full.</summary>
    /// <param name="intake">Takes them.</param>
    /// <param name="blockBytes">Bytes of a full block.</param>
    /// <param name="all">Also one that is not full.</param>
    /// <returns>Whether anything was read.</returns>
    public bool Read(ILiveIntake intake, int blockBytes, bool all)
    {
        var any = false;
        var (bytes, count, isEnded) = Segment.Extent;
        while (!_isRead && _read.FilledBytes < blockBytes)
        {
            if (_reader is null)
            {
                TakeUnreadable(intake);
                any = true;
                break;
            }

            var from = _reader.Next;
            var part = _reader.Read(bytes, isEnded ? count : null);
            if (part == SegmentPart.Delivery)
                Take(intake, from);
            else if (part == SegmentPart.Damage)
                TakeDamage(intake, from);
            else
                break;
            any = true;
        }

        if (_reader is not null && isEnded && _reader.Next >= count)
            _isRead = true;
        if (all || _isRead || _read.FilledBytes >= blockBytes)
            Cut(intake);
        return any;
    }

    public void Dispose()
    {
        _read.Dispose();
        _reader?.Dispose();
        _file.Dispose();
    }

    private void Take(ILiveIntake intake, long index)
    {
        var received = _reader!.Header.ReceivedMicros;
        if (_read.HasAny && Math.Abs(received - _receivedFirst) > SpanMicros)
            Cut(intake, index);
        if (!_read.HasAny)
            _receivedFirst = received;
        _receivedLast = received;
        _read.BeginAt(index);
        _read.Add(_reader.Body, index, _reader.Header.Format);
    }

    private void TakeDamage(ILiveIntake intake, long index)
    {
        Cut(intake, index);
        _read.BeginAt(index);
        _read.Add(_reader!.Damage, index);
        Give(intake, _read.Cut(_reader.Next, isDamaged: true));
    }

    private void TakeUnreadable(ILiveIntake intake)
    {
        var bytes = new byte[Math.Min(_file.Length, SegmentReader.MaxDamageBytes)];
        var length = _file.Read(0, bytes);
        _read.BeginAt(0);
        _read.Add(bytes.AsSpan(0, length), 0);
        _isRead = true;
        Give(intake, _read.Cut(1, isDamaged: true));
    }

    private void Cut(ILiveIntake intake, long? next = null)
    {
        if (_read.HasAny)
            Give(intake, _read.Cut(next ?? _reader!.Next, receivedMicros: _receivedLast));
    }

    private void Give(ILiveIntake intake, Block block) =>
        intake.Add(this, new CutBlock(block, new ContentMark(block.Next, null)));
}
