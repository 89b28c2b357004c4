using System.Collections.Concurrent;
using System.Text;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Messages;
using AdvertiseX.Registry;

namespace AdvertiseX.Server;

/// <summary>Schemas by the ids of the registry in the lake itself. Thread-safe.</summary>
/// <param name="registry">The registry.</param>
/// <param name="known">Schemas of single objects, by fingerprint.</param>
/// <param name="clock">Measures pauses.</param>
/// <param name="giveUp">Ends the waiting.</param>
internal sealed class ServedSchemas(
    SchemaRegistry registry,
    ISchemas known,
    TimeProvider clock,
    CancellationToken giveUp
) : ISchemas
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ulong, MessageSchema> _schemas = new();

    public MessageSchema? Find(AvroSchemaKey key) =>
        key.IsFingerprint ? known.Find(key) : _schemas.GetValueOrDefault(key.Value);

    public async ValueTask LearnAsync(IReadOnlyCollection<AvroSchemaKey> keys)
    {
        foreach (var key in keys)
            if (!key.IsFingerprint && !_schemas.ContainsKey(key.Value) && key.Value <= int.MaxValue)
                await LearnAsync((int)key.Value);
    }

    private async Task LearnAsync(int id)
    {
        while (true)
        {
            try
            {
                if (await registry.FindAsync(id, giveUp) is { } schema)
                    _schemas[(ulong)id] = new MessageSchema(schema.Avro, Encoding.UTF8.GetBytes(schema.Text));
                return;
            }
            catch (IOException)
            {
                // The worker's own commits tell of a lake that does not answer.
                await Task.Delay(Pause, clock, giveUp);
            }
        }
    }
}
