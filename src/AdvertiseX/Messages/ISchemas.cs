using AdvertiseX.Decoding.Avro;

namespace AdvertiseX.Messages;

/// <summary>Knows the Avro schemas that messages name. Thread-safe.</summary>
internal interface ISchemas
{
    /// <summary>Learns of schemas, or that there are none. An outage is waited for, without holding a thread.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    ValueTask LearnAsync(IReadOnlyCollection<AvroSchemaKey> keys);

    /// <summary>The schema, or null if there is none of that name, as far as <see cref="LearnAsync"/>
    /// learned.</summary>
    MessageSchema? Find(AvroSchemaKey key);
}
