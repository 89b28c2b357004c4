using AdvertiseX.Contracts;

namespace AdvertiseX.Kafka;

/// <summary>A topic and the contract of its feed.</summary>
internal sealed record KafkaFeed(string Topic, CompiledContract Contract);
