namespace AdvertiseX.Kafka;

/// <summary>How a partition stands.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Partition">Its number.</param>
/// <param name="Position">First offset that is not in the ledger; null if nothing was read of it.</param>
/// <param name="End">Offset after the last committed record.</param>
/// <param name="Lag">Offsets from the position, or the oldest record, to the end.</param>
/// <param name="RecordsPerSecond">Records brought into the lake in the last minute, by second.</param>
/// <param name="CommittedTime">When the ledger took something of it last, UTC; null for never.</param>
/// <param name="NewestEventTime">Time of the newest event that the lake holds of the topic's tables, UTC; null if it
/// holds none.</param>
/// <param name="FreshnessSeconds">Time from the newest event until now; null if there is none.</param>
/// <param name="Owner">The member of the group that reads it, or null.</param>
internal sealed record PartitionStatus(
    string Topic,
    int Partition,
    long? Position,
    long End,
    long Lag,
    double RecordsPerSecond,
    DateTimeOffset? CommittedTime,
    DateTimeOffset? NewestEventTime,
    double? FreshnessSeconds,
    string? Owner
);
