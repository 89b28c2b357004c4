using AdvertiseX.Decoding.Avro;
using AdvertiseX.Kafka;
using AdvertiseX.Messages;

namespace AdvertiseX.Tests.Kafka;

public sealed class NoRegistryTests
{
    [Fact]
    public async Task An_id_is_told_once_and_fingerprints_are_not()
    {
        var told = new List<KafkaNotice>();
        var schemas = new NoRegistry(new KnownSchemas([]), told.Add);

        await schemas.LearnAsync([new AvroSchemaKey(IsFingerprint: true, 5)]);
        Assert.Empty(told);
        await schemas.LearnAsync([new AvroSchemaKey(IsFingerprint: false, 7)]);
        await schemas.LearnAsync([new AvroSchemaKey(IsFingerprint: false, 8)]);

        Assert.Equal("no_registry", Assert.Single(told).Code);
        Assert.Contains("7", told[0].Text, StringComparison.Ordinal);
        Assert.Null(schemas.Find(new AvroSchemaKey(IsFingerprint: false, 7)));
    }
}
