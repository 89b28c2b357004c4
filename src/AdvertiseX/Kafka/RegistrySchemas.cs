using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Messages;
using AdvertiseX.Sources;

namespace AdvertiseX.Kafka;

/// <summary>
/// Schemas by the ids of a registry with Confluent's API. A schema that was found is kept for good, as ids never change
/// their meaning; that there is none of an id is believed for a few seconds. A registry that does not answer, or not
/// with yes or no, is asked again, with longer and longer pauses, while blocks wait and no thread does. Thread-safe.
/// </summary>
/// <param name="options">Where it is, and who asks.</param>
/// <param name="known">Schemas of single objects, which a registry does not know by fingerprint.</param>
/// <param name="clock">Tells how old an answer is.</param>
/// <param name="notices">Takes what an operator wants to know.</param>
/// <param name="giveUp">Ends the waiting.</param>
internal sealed class RegistrySchemas(
    RegistryOptions options,
    ISchemas known,
    TimeProvider clock,
    Action<KafkaNotice> notices,
    CancellationToken giveUp
) : ISchemas, IDisposable
{
    /// <summary>So long it is believed that there is no schema of an id.</summary>
    private static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(5);

    /// <summary>Of so many ids at most it is remembered that there is no schema.</summary>
    internal const int MostUnknown = 1_000;

    private readonly HttpClient _http = RegistryAnswer.Client();
    private readonly ConcurrentDictionary<ulong, MessageSchema> _schemas = new();
    private readonly ConcurrentDictionary<ulong, long> _unknown = new();
    private readonly SemaphoreSlim _asking = new(1);

    /// <summary>Of how many ids it is remembered that there is no schema.</summary>
    internal int Unknown => _unknown.Count;

    public MessageSchema? Find(AvroSchemaKey key) =>
        key.IsFingerprint ? known.Find(key) : _schemas.GetValueOrDefault(key.Value);

    public async ValueTask LearnAsync(IReadOnlyCollection<AvroSchemaKey> keys)
    {
        foreach (var key in keys)
            if (!IsKnown(key))
                await LearnAsync(key);
    }

    public void Dispose()
    {
        _http.Dispose();
        _asking.Dispose();
    }

    private bool IsKnown(AvroSchemaKey key) =>
        key.IsFingerprint
        || _schemas.ContainsKey(key.Value)
        || (_unknown.TryGetValue(key.Value, out var since) && clock.GetElapsedTime(since) < UnknownFor);

    // One question at a time, whatever number of blocks has it.
    private async Task LearnAsync(AvroSchemaKey key)
    {
        await _asking.WaitAsync(giveUp);
        try
        {
            if (IsKnown(key))
                return;
            if (await AskAsync(key.Value) is { } schema)
                _schemas[key.Value] = schema;
            else
                NoteUnknown(key.Value);
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Remembers for a while that there is no schema of an id. Whoever writes messages chooses their
    /// ids.</summary>
    internal void NoteUnknown(ulong id)
    {
        if (_unknown.Count >= MostUnknown)
            _unknown.Clear();
        _unknown[id] = clock.GetTimestamp();
    }

    private async Task<MessageSchema?> AskAsync(ulong id)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(15));
        for (var isOut = false; ; isOut = true)
        {
            try
            {
                var schema = await TryAskAsync(id);
                if (isOut)
                    notices(
                        KafkaNotice.OfRecovery(OutagePart.Registry, $"the schema registry {options.Url} answers again")
                    );
                return schema;
            }
            catch (Exception failed)
                when (failed is HttpRequestException or IOException or TaskCanceledException or JsonException
                    && !giveUp.IsCancellationRequested
                )
            {
                var pause = backoff.Next();
                notices(
                    KafkaNotice.OfOutage(
                        OutagePart.Registry,
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"the schema registry {options.Url} does not tell schema {id}: {RegistryAnswer.Describe(failed)}; asked again in {pause.TotalSeconds:0.#} s"
                        ),
                        pause
                    )
                );
                await Task.Delay(pause, clock, giveUp);
            }
        }
    }

    /// <exception cref="HttpRequestException">Neither a schema nor that there is none.</exception>
    private async Task<MessageSchema?> TryAskAsync(ulong id)
    {
        using var question = new HttpRequestMessage(HttpMethod.Get, $"{options.Url.TrimEnd('/')}/schemas/ids/{id}");
        question.Headers.Authorization = RegistryCredentials.Of(options);
        using var answer = await _http.SendAsync(question, giveUp);
        var body = RegistryAnswer.Parse(await answer.Content.ReadAsByteArrayAsync(giveUp));
        // A page of a proxy that is not found says nothing about the schema.
        if (answer.StatusCode == HttpStatusCode.NotFound && body.ErrorCode == RegistryAnswer.SchemaNotFound)
            return null;
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"it answers {(int)answer.StatusCode} {body.Message}".TrimEnd());
        if (body.SchemaType is not (null or "AVRO"))
            return null;
        var text = Encoding.UTF8.GetBytes(body.Schema ?? throw new JsonException("its answer has no schema"));
        return AvroSchema.TryParse(text, out var schema, out _) ? new MessageSchema(schema, text) : null;
    }
}
