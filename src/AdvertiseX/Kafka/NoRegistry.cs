using AdvertiseX.Decoding.Avro;
using AdvertiseX.Messages;

namespace AdvertiseX.Kafka;

/// <summary>Stands where no registry is configured, and the lake's own does what it can: a message that names its
/// schema by an id that is not there is a reject, and an operator is told once. Thread-safe.</summary>
/// <param name="known">Schemas by fingerprint, and by the ids of the lake's own registry.</param>
/// <param name="notices">Takes the notice, from any thread.</param>
internal sealed class NoRegistry(ISchemas known, Action<KafkaNotice> notices) : ISchemas
{
    private int _isTold;

    public async ValueTask LearnAsync(IReadOnlyCollection<AvroSchemaKey> keys)
    {
        await known.LearnAsync(keys);
        foreach (var key in keys)
            if (!key.IsFingerprint && known.Find(key) is null && Interlocked.Exchange(ref _isTold, 1) == 0)
                notices(
                    new KafkaNotice(
                        KafkaNoticeKind.NoRegistry,
                        $"messages name schemas of a registry, such as {key.Value}, and the lake's own has none of that id: they are rejected, with their bytes; stop, and give --registry URL or registry.url"
                    )
                );
    }

    public MessageSchema? Find(AvroSchemaKey key) => known.Find(key);
}
