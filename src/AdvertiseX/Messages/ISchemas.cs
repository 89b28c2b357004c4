using AdvertiseX.Decoding.Avro;

namespace AdvertiseX.Messages;

/// <summary>Knows the Avro schemas that messages name. Thread-safe.</summary>
internal interface ISchemas
{
    /// <summary>The schema, or null if there is none of that name. An outage is waited for, so a call may take
    /// long.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    MessageSchema? Find(AvroSchemaKey key);
}
