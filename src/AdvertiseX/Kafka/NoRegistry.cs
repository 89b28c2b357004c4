using AdvertiseX.Decoding.Avro;
using AdvertiseX.Messages;

namespace AdvertiseX.Kafka;

/// <summary>Stands where no registry is configured: a message that names its schema by a registry's id is a reject, and
/// an operator is told once. Thread-safe.</summary>
/// <param name="known">Schemas by fingerprint.</param>
/// <param name="notices">Takes the notice, from any thread.</param>
internal sealed class NoRegistry(ISchemas known, Action<KafkaNotice> notices) : ISchemas
{
    private int _isTold;

    public ValueTask LearnAsync(IReadOnlyCollection<AvroSchemaKey> keys)
    {
        foreach (var key in keys)
            if (!key.IsFingerprint && Interlocked.Exchange(ref _isTold, 1) == 0)
                notices(
                    new KafkaNotice(
                        KafkaNoticeKind.NoRegistry,
                        $"messages name schemas of a registry, such as {key.Value}, and registry.url names none: they are rejected, with their bytes"
                    )
                );
        return known.LearnAsync(keys);
    }

    public MessageSchema? Find(AvroSchemaKey key) => known.Find(key);
}
