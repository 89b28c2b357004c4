using System.Text;
using AdvertiseX.Events;
using AdvertiseX.Sources;
using AdvertiseX.Validation;

namespace AdvertiseX.Staging;

/// <summary>
/// Conflicting duplicates are known only when their block is long gone; their bytes are read again from the source, block by
/// block, as they are few. A source that is gone meanwhile leaves the reject without bytes. One unit at a time.
/// </summary>
internal sealed class ConflictReader(IngestOptions options)
{
    /// <summary>Adds a reject for every conflicting record of the unit.</summary>
    public async Task AddRejectsAsync(JudgedUnit judged, CancellationToken cancellation)
    {
        foreach (var ofStream in judged.Conflicts.GroupBy(c => c.At.Stream))
        {
            var blocks = judged.Unit.Blocks.Where(b => b.Stream == ofStream.Key).ToList();
            var wanted = ofStream.ToDictionary(c => (c.At.Offset, c.At.Ordinal));
            await Task.Run(() => Read(judged.Unit, blocks, wanted), cancellation);
        }
    }

    private void Read(CommitUnit unit, List<BlockRange> blocks, Dictionary<(long Offset, int Ordinal), ConflictingRecord> wanted)
    {
        var source = blocks[0].Source;
        var context = new StreamContext(blocks[0].Stream, blocks[0].ReceivedMicros);
        var writer = new RejectWriter(source.Contract, context);
        int first = unit.Rejects.Rows;
        try
        {
            // Only blocks that hold a wanted record are decoded again.
            foreach (var block in blocks.Where(b => wanted.Keys.Any(k => k.Offset >= b.From && k.Offset < b.Next)))
                ReadBlock(unit, source, context, block, wanted);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // The file was moved or replaced while we read it: the verdict stands, without the bytes.
        }

        foreach (var lost in wanted.Values) Add(unit, lost, default, 0);
        writer.StampFrom(unit.Rejects, first);
    }

    private void ReadBlock(CommitUnit unit, FileSource source, StreamContext context, BlockRange range,
        Dictionary<(long Offset, int Ordinal), ConflictingRecord> wanted)
    {
        using var framer = SourceReader.Open(source, options.Framing with { StartAt = range.From });
        using var rows = new RowWriter(source.Contract, context, options.Validation);
        rows.CaptureTo((in RecordBytes at) =>
        {
            if (wanted.Remove((at.Offset, at.Ordinal), out var conflict)) Add(unit, conflict, at.Span, at.Length);
        });
        while (framer.Next() is { } block)
        {
            using (block)
            {
                if (block.From >= range.Next) return;
                using var decoder = framer.CreateDecoder(source.Contract);
                decoder.Decode(block, rows);
            }
        }
    }

    private static void Add(CommitUnit unit, ConflictingRecord conflict, ReadOnlySpan<byte> raw, long length) =>
        RejectWriter.Add(unit.Rejects, new RejectedEvent
        {
            Reason = RejectReason.ConflictingDuplicate,
            Offset = conflict.At.Offset,
            Ordinal = conflict.At.Ordinal,
            Length = length,
            Raw = raw,
            Field = "event_id"u8,
            Expected = "the payload that came first under this id"u8,
            Found = Encoding.UTF8.GetBytes(conflict.EventId),
        });
}
