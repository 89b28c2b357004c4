using System.Text;
using AdvertiseX.Decoding;
using AdvertiseX.Events;
using AdvertiseX.Records;
using AdvertiseX.Sources;
using AdvertiseX.Validation;

namespace AdvertiseX.Ingestion;

/// <summary>
/// Conflicting duplicates are known only when their block is long gone; their bytes are read again from the source, as
/// they are few: of a plain file little more than themselves, of a compressed one the way to the last of them, once. A
/// source that is gone meanwhile leaves the reject without bytes. Blocks of live streams were kept. One unit at a time.
/// </summary>
internal sealed class ConflictReader(IngestOptions options)
{
    // Records wanted are far apart, so small blocks leave most bytes undecoded.
    private const int RereadBlockBytes = 16 << 10;

    /// <summary>Adds a reject for every conflicting record of the unit.</summary>
    public async Task AddRejectsAsync(JudgedUnit judged, CancellationToken cancellation)
    {
        // All blocks of a file were received at once, those of an endless source each at its time.
        foreach (
            var together in judged.Conflicts.GroupBy(c =>
                (c.At.Stream, BlockOf(judged.Unit, c.At).ReceivedMicros, BlockOf(judged.Unit, c.At).Kept)
            )
        )
        {
            var wanted = together.ToDictionary(c => (c.At.Offset, c.At.Ordinal));
            var range = BlockOf(judged.Unit, together.First().At);
            await Task.Run(() => Read(judged.Unit, range, wanted), cancellation);
        }
    }

    private static BlockRange BlockOf(CommitUnit unit, Position at) =>
        unit.Blocks.Last(b => b.From <= at.Offset && b.Stream == at.Stream);

    private void Read(CommitUnit unit, BlockRange of, Dictionary<(long Offset, int Ordinal), ConflictingRecord> wanted)
    {
        var context = new StreamContext(of.Stream, of.ReceivedMicros, of.Header);
        var writer = new RejectWriter(of.Source.Contract, context);
        var first = unit.Rejects.Rows;
        var copies = new RecordCopies();
        try
        {
            using var rows = new RowWriter(of.Source.Contract, context, options.Validation);
            rows.CaptureTo(
                (in RecordBytes at) =>
                {
                    if (wanted.Remove((at.Offset, at.Ordinal), out var conflict))
                        Add(unit, conflict, at.Span, at.Length, copies, rows.Header);
                }
            );
            if (of is { Kept: { } kept, Source: ILiveStream live })
                Decode(live, kept, rows);
            else
                ReadAgain((ISource)of.Source, of.Stream, rows, wanted);
        }
        catch (Exception e)
            when (e is IOException or InvalidDataException or UnauthorizedAccessException or BrokenOffException)
        {
            // The source was moved, replaced or cut off while we read it: the verdict stands, without the bytes.
        }

        foreach (var lost in wanted.Values)
            Add(unit, lost, default, 0, new RecordCopies(), new ReplayHeader());
        writer.StampFrom(unit.Rejects, first);
    }

    private void Decode(ILiveStream stream, Block kept, RowWriter rows)
    {
        using var decoder = stream.CreateDecoder(options.Framing);
        decoder.Decode(kept, rows);
    }

    private void ReadAgain(
        ISource source,
        string stream,
        RowWriter rows,
        Dictionary<(long Offset, int Ordinal), ConflictingRecord> wanted
    )
    {
        using var reader = source.Open(
            new StreamStart(stream, 0),
            options.Framing with
            {
                BlockBytes = RereadBlockBytes,
            }
        );
        IBlockDecoder? decoder = null;
        long read = 0;
        foreach (var offset in wanted.Keys.Select(k => k.Offset).Order().ToArray())
        {
            // Records of one container block share its offset, and neighbours come in one block.
            if (offset < read)
                continue;
            reader.SkipTo(offset);
            if (reader.Next(CancellationToken.None)?.Block is not { } block)
                break;
            using (block)
                (decoder ??= reader.CreateDecoder(source.Contract)).Decode(block, rows);
            read = block.Next;
        }

        decoder?.Dispose();
    }

    private static void Add(
        CommitUnit unit,
        ConflictingRecord conflict,
        ReadOnlySpan<byte> raw,
        long length,
        RecordCopies copies,
        ReplayHeader header
    ) =>
        RejectWriter.Add(
            unit.Rejects,
            new RejectedEvent
            {
                Reason = RejectReason.ConflictingDuplicate,
                Offset = conflict.At.Offset,
                Ordinal = conflict.At.Ordinal,
                Length = length,
                Raw = raw,
                Field = "event_id"u8,
                Expected = "the payload that came first under this id"u8,
                Found = Encoding.UTF8.GetBytes(conflict.EventId),
            },
            copies,
            header
        );
}
