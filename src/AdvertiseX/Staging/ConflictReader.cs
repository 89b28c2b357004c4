using System.Text;
using AdvertiseX.Compression;
using AdvertiseX.Decoding;
using AdvertiseX.Events;
using AdvertiseX.Sources;
using AdvertiseX.Validation;

namespace AdvertiseX.Staging;

/// <summary>
/// Conflicting duplicates are known only when their block is long gone; their bytes are read again from the source, as they are few:
/// of a plain file just the blocks that hold them, of a compressed one the way to the last of them, once. A source that is gone
/// meanwhile leaves the reject without bytes. One unit at a time.
/// </summary>
internal sealed class ConflictReader(IngestOptions options)
{
    // Records wanted are far apart, so small blocks leave most bytes undecoded.
    private const int RereadBlockBytes = 16 << 10;

    /// <summary>Adds a reject for every conflicting record of the unit.</summary>
    public async Task AddRejectsAsync(JudgedUnit judged, CancellationToken cancellation)
    {
        foreach (var ofStream in judged.Conflicts.GroupBy(c => c.At.Stream))
        {
            var wanted = ofStream.ToDictionary(c => (c.At.Offset, c.At.Ordinal));
            var blocks = judged.Unit.Blocks.Where(b => b.Stream == ofStream.Key).ToList();
            await Task.Run(() => Read(judged.Unit, blocks, wanted), cancellation);
        }
    }

    private void Read(CommitUnit unit, List<BlockRange> blocks, Dictionary<(long Offset, int Ordinal), ConflictingRecord> wanted)
    {
        var of = blocks[0];
        var context = new StreamContext(of.Stream, of.ReceivedMicros, of.Header);
        var writer = new RejectWriter(of.Source.Contract, context);
        int first = unit.Rejects.Rows;
        var offsets = wanted.Keys.Select(k => k.Offset).Order().ToArray();
        blocks = [.. blocks.Where(b => HasAny(offsets, b.From, b.Next))];
        if (of.Source.Compression != CompressionFormat.None) blocks = [blocks[0] with { Next = blocks[^1].Next }];
        try
        {
            foreach (var block in blocks) ReadRange(unit, context, block, offsets, wanted);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // The file was moved or replaced while we read it: the verdict stands, without the bytes.
        }

        foreach (var lost in wanted.Values) Add(unit, lost, default, 0);
        writer.StampFrom(unit.Rejects, first);
    }

    private void ReadRange(CommitUnit unit, StreamContext context, BlockRange range, long[] offsets,
        Dictionary<(long Offset, int Ordinal), ConflictingRecord> wanted)
    {
        using var content = SourceReader.OpenContent(range.Source);
        using var framer = SourceReader.Frame(range.Source, content, options.Framing with { StartAt = range.From, BlockBytes = RereadBlockBytes });
        using var rows = new RowWriter(range.Source.Contract, context, options.Validation);
        rows.CaptureTo((in RecordBytes at) =>
        {
            if (wanted.Remove((at.Offset, at.Ordinal), out var conflict)) Add(unit, conflict, at.Span, at.Length);
        });
        IBlockDecoder? decoder = null;
        while (framer.Next() is { } block)
        {
            using (block)
            {
                if (block.From >= range.Next) break;
                if (HasAny(offsets, block.From, block.Next)) (decoder ??= framer.CreateDecoder(range.Source.Contract)).Decode(block, rows);
            }
        }

        decoder?.Dispose();
    }

    private static bool HasAny(long[] sorted, long from, long next)
    {
        int at = Array.BinarySearch(sorted, from);
        if (at < 0) at = ~at;
        return at < sorted.Length && sorted[at] < next;
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
