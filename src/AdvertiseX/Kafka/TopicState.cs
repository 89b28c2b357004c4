namespace AdvertiseX.Kafka;

/// <summary>A topic beside what it should be.</summary>
/// <param name="Topic">Its name.</param>
/// <param name="Partitions">Its partitions; null if there is no such topic.</param>
/// <param name="Replication">Copies of the partition that has fewest; null if there is no such topic.</param>
/// <param name="Differences">A line for each thing that differs.</param>
internal sealed record TopicState(string Topic, int? Partitions, int? Replication, IReadOnlyList<string> Differences);
