using AdvertiseX.Lake;
using AdvertiseX.Sources;

namespace AdvertiseX.Kafka;

/// <summary>Records that are gone before they were read.</summary>
internal sealed partial class KafkaSource
{
    private static readonly TimeSpan WatermarkPatience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The broker has no record at the position that was asked for. What lies between the position and the oldest
    /// record is gone: an entry of the ledger says so, and reading goes on after it.
    /// </summary>
    /// <exception cref="SourceException">The partition ends before the position.</exception>
    private void PassGone(KafkaPartition partition)
    {
        // Asked first: of a topic that was made anew nothing is gone.
        if (FindReplacedAsync([partition], default).AsTask().GetAwaiter().GetResult().Count > 0)
            return;
        var there = _consumer.QueryWatermarkOffsets(partition.Partition, WatermarkPatience);
        if (partition.Next > there.High)
            throw new SourceException(
                $"Kafka: {partition.Name} ends at {there.High}, and was read up to {partition.Next}: its log was cut, and its offsets cannot be told from those read before"
            );
        Cut(partition);
        if (partition.Next < there.Low)
        {
            // What was read before has to be in the ledger first.
            if (!_intake!.Drain())
            {
                _gone.Add(partition);
                return;
            }

            var from = partition.IsNew ? 0 : partition.Next;
            var passed = PassAsync(partition, from, there.Low.Value).GetAwaiter().GetResult();
            if (passed)
            {
                _telemetry.Gone(partition.Partition.Topic, there.Low.Value - from);
                Note(
                    KafkaNoticeKind.RecordsGone,
                    $"{partition.Name}: offsets {from} to {there.Low.Value - 1} ({there.Low.Value - from}) were removed before they were read"
                );
            }
        }

        ReadAnew(partition);
    }

    private async Task<bool> PassAsync(KafkaPartition partition, long from, long next)
    {
        var batch = new LedgerBatch([new StreamAdvance(partition.Stream, from, next, [])], [], _lake.Ledger.Version)
        {
            Correction = new(LedgerCorrection.RetentionKind),
        };
        return await _lake.Ledger.CommitAsync(batch).ConfigureAwait(false) is LedgerResult.Committed;
    }
}
