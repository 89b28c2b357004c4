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

    // So long it is believed that there is no schema of an id.
    private static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(5);
    private const int MostUnknown = 10_000;

    private readonly ConcurrentDictionary<ulong, MessageSchema> _schemas = new();
    private readonly ConcurrentDictionary<ulong, long> _unknown = new();

    public MessageSchema? Find(AvroSchemaKey key) =>
        key.IsFingerprint ? known.Find(key) : _schemas.GetValueOrDefault(key.Value);

    public async ValueTask LearnAsync(IReadOnlyCollection<AvroSchemaKey> keys)
    {
        foreach (var key in keys)
            if (!key.IsFingerprint && key.Value <= int.MaxValue && !IsKnown(key.Value))
                await LearnAsync((int)key.Value);
    }

    private bool IsKnown(ulong id) =>
        _schemas.ContainsKey(id)
        || (_unknown.TryGetValue(id, out var since) && clock.GetElapsedTime(since) < UnknownFor);

    private async Task LearnAsync(int id)
    {
        while (true)
        {
            try
            {
                if (await registry.FindAsync(id, giveUp) is { } schema)
                {
                    _schemas[(ulong)id] = new MessageSchema(schema.Avro, Encoding.UTF8.GetBytes(schema.Text));
                    return;
                }

                if (_unknown.Count >= MostUnknown)
                    _unknown.Clear();
                _unknown[(ulong)id] = clock.GetTimestamp();
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
