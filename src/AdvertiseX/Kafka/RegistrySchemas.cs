using System.Collections.Concurrent;
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
/// with yes or no, is asked again, with longer and longer pauses, while the caller waits. Thread-safe.
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

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly ConcurrentDictionary<ulong, MessageSchema> _schemas = new();
    private readonly ConcurrentDictionary<ulong, long> _unknown = new();
    private readonly Lock _asking = new();

    public MessageSchema? Find(AvroSchemaKey key)
    {
        if (key.IsFingerprint)
            return known.Find(key);
        if (_schemas.TryGetValue(key.Value, out var schema))
            return schema;
        // One question, whatever number of threads has it.
        lock (_asking)
        {
            if (_schemas.TryGetValue(key.Value, out schema) || IsUnknown(key.Value))
                return schema;
            schema = Ask(key.Value);
            if (schema is null)
                _unknown[key.Value] = clock.GetTimestamp();
            else
                _schemas[key.Value] = schema;
            return schema;
        }
    }

    public void Dispose() => _http.Dispose();

    private bool IsUnknown(ulong id) =>
        _unknown.TryGetValue(id, out var since) && clock.GetElapsedTime(since) < UnknownFor;

    private MessageSchema? Ask(ulong id)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(15));
        while (true)
        {
            giveUp.ThrowIfCancellationRequested();
            try
            {
                return TryAsk(id);
            }
            catch (Exception failed)
                when (failed is HttpRequestException or IOException or TaskCanceledException or JsonException
                    && !giveUp.IsCancellationRequested
                )
            {
                var pause = backoff.Next();
                notices(
                    new(
                        KafkaNoticeKind.Outage,
                        $"the schema registry {options.Url} does not tell schema {id}: {failed.Message}; asked again in {pause.TotalSeconds:0.#} s"
                    )
                );
                giveUp.WaitHandle.WaitOne(pause);
            }
        }
    }

    /// <exception cref="HttpRequestException">Neither a schema nor that there is none.</exception>
    private MessageSchema? TryAsk(ulong id)
    {
        using var question = new HttpRequestMessage(HttpMethod.Get, $"{options.Url.TrimEnd('/')}/schemas/ids/{id}");
        question.Headers.Authorization = RegistryCredentials.Of(options);
        using var answer = _http.Send(question, giveUp);
        using var content = new StreamReader(answer.Content.ReadAsStream(giveUp));
        var body = RegistryAnswer.Parse(content.ReadToEnd());
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
