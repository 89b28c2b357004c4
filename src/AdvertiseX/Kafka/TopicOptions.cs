using AdvertiseX.Configuration;

namespace AdvertiseX.Kafka;

/// <summary>How the topics of the feeds are made, and what they are compared with.</summary>
internal sealed record TopicOptions
{
    /// <summary>Partitions of each topic; --partitions beats it.</summary>
    [Option("partitions", 1, 10_000, Key = "topics.partitions")]
    public int Partitions { get; init; } = 8;

    /// <summary>Copies of each partition, on as many brokers; --replication beats it. From 3 on, a record is
    /// acknowledged when 2 brokers have it, else when 1 has.</summary>
    [Option("copies", 1, 100, Key = "topics.replication")]
    public int Replication { get; init; } = 3;

    /// <summary>A topic keeps its records so long (retention.ms).</summary>
    [Option("hours", 1, 87_600, Key = "topics.retention_hours")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How brokers compress (compression.type): producer leaves records as their producers compressed
    /// them.</summary>
    [Option("producer, zstd, lz4, snappy, gzip or uncompressed", Key = "topics.compression")]
    public string Compression { get; init; } = "producer";

    /// <summary>The largest message that a topic takes (max.message.bytes). Records that are too long for the lake
    /// should fit in, so that they are rejected with their bytes there; adx produce names records above.</summary>
    [Option("bytes", 1 << 10, 1_000_000_000, Key = "topics.max_message_bytes")]
    public int MaxMessageBytes { get; init; } = 8 << 20;

    /// <summary>What <see cref="Compression"/> may be.</summary>
    public static IReadOnlyList<string> Compressions { get; } =
    ["producer", "zstd", "lz4", "snappy", "gzip", "uncompressed"];

    /// <summary>Brokers that must have a record before it is acknowledged.</summary>
    public int MinInSyncReplicas => Replication >= 3 ? 2 : 1;
}
