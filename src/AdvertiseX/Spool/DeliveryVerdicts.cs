using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Deduplication;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;

namespace AdvertiseX.Spool;

/// <summary>Tells those who wait for a delivery what became of each of its events, once its unit is in the
/// ledger.</summary>
/// <param name="environment">Those who wait, and how deliveries are judged.</param>
internal sealed class DeliveryVerdicts(SpoolWorkerEnvironment environment)
{
    /// <summary>Tells them. Costs next to nothing where nobody waits.</summary>
    /// <param name="unit">What was committed, with its verdicts.</param>
    public void Tell(CommitUnit unit)
    {
        foreach (var range in unit.Blocks)
        {
            var waiting = environment.Spool.Waiters.PositionsOf(range.Stream, range.From, range.Next);
            if (waiting.Count == 0 || range.Kept is not { Messages: not null } block)
                continue;
            foreach (var position in waiting)
                environment.Spool.Waiters.Tell(range.Stream, position, VerdictsOf(unit, range, block, position));
        }
    }

    // Judged once more, as it was on the way; then what only the lake could tell is laid over it.
    private List<EventVerdict> VerdictsOf(CommitUnit unit, in BlockRange range, Block block, long position)
    {
        var feed = SegmentName.FeedOf(range.Stream);
        var message = MessageAt(block, position);
        List<EventVerdict> verdicts =
        [
            .. environment
                .Judge.Judge(feed, message.Format, message.Bytes.Span, range.ReceivedMicros)
                .Select(verdict =>
                    verdict.Outcome == EventOutcome.Valid ? verdict with { Outcome = EventOutcome.Accepted } : verdict
                ),
        ];
        foreach (var kind in Enum.GetValues<EventKind>())
            if (unit.Facts[(int)kind] is { } rows && unit.Verdicts?[(int)kind] is { } buffer)
                Lay(rows, buffer, range.Stream, position, verdicts);
        return verdicts;
    }

    private static (MessageFormat Format, ReadOnlyMemory<byte> Bytes) MessageAt(Block block, long position)
    {
        for (var i = 0; i < block.Messages!.Count; i++)
        {
            var message = block.Messages[i];
            if (message.Offset == position)
                return (message.Format, block.Span.Slice(message.Start, message.Length).ToArray());
        }

        return default;
    }

    private static unsafe void Lay(
        ColumnBatch rows,
        NativeBuffer buffer,
        string stream,
        long position,
        List<EventVerdict> verdicts
    )
    {
        var offsets = rows.Int64("stream_offset").Values;
        var ordinals = rows.Int32("stream_ordinal");
        var name = Encoding.UTF8.GetBytes(stream);
        for (var row = 0; row < rows.Rows; row++)
        {
            if (offsets[row] != position || buffer.Pointer[row] == (byte)Verdict.New)
                continue;
            if (!rows.Dictionary("stream").Get(row).SequenceEqual(name))
                continue;
            var ordinal = ordinals.IsAllocated && ordinals.IsValid(row) ? ordinals.Values[row] : 0;
            verdicts[ordinal] =
                buffer.Pointer[row] == (byte)Verdict.Duplicate
                    ? verdicts[ordinal] with
                    {
                        Outcome = EventOutcome.Duplicate,
                    }
                    : verdicts[ordinal] with
                    {
                        Outcome = EventOutcome.Rejected,
                        Reason = RejectReason.ConflictingDuplicate,
                    };
        }
    }
}
