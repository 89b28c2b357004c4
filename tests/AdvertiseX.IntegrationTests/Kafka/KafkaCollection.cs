namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>Tests that share a broker.</summary>
[CollectionDefinition(KafkaServer.Collection)]
public sealed class KafkaCollection : ICollectionFixture<KafkaServer>;
