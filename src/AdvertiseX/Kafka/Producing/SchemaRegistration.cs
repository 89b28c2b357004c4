using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Messages;
using AdvertiseX.Sources;

namespace AdvertiseX.Kafka.Producing;

/// <summary>Registers schemas with a registry that has Confluent's API. An outage is waited for as long as messages
/// are. Not thread-safe.</summary>
/// <param name="options">Where it is, and who asks.</param>
/// <param name="patience">How long an outage is waited for.</param>
/// <param name="clock">Measures it.</param>
/// <param name="notices">Takes what an operator wants to know.</param>
internal sealed class SchemaRegistration(
    RegistryOptions options,
    TimeSpan patience,
    TimeProvider clock,
    Action<KafkaNotice> notices
) : IDisposable
{
    private readonly HttpClient _http = RegistryAnswer.Client();
    private readonly Dictionary<(string Topic, string Schema), uint> _known = [];
    private readonly KnownSchemas _folder = SchemaFolder.Read(options);

    /// <summary>The id of a schema under the subject of a topic's values, registered if it is new.</summary>
    /// <returns>Null if there is no registry, and workers know the schema by its fingerprint.</returns>
    /// <exception cref="IOException">The registry refuses the schema, or does not answer for too long; or there is
    /// none, and no worker would know the schema.</exception>
    public uint? IdOf(string topic, ReadOnlyMemory<byte> schema)
    {
        if (options.Url.Length == 0)
        {
            var fingerprint = AvroSchema.Parse(schema.Span).Fingerprint;
            return _folder.Find(new AvroSchemaKey(true, fingerprint)) is not null
                ? null
                : throw new IOException(
                    $"{topic}: no worker knows the schema of the Avro files by its fingerprint {fingerprint:x16}; give --registry URL, or put the schema into registry.schema_folder"
                );
        }

        var key = (topic, Encoding.UTF8.GetString(schema.Span));
        if (!_known.TryGetValue(key, out var id))
            _known[key] = id = Register($"{topic}-value", key.Item2);
        return id;
    }

    public void Dispose() => _http.Dispose();

    private uint Register(string subject, string schema)
    {
        var began = clock.GetTimestamp();
        var backoff = new Backoff(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5));
        while (true)
        {
            try
            {
                return TryRegister(subject, schema);
            }
            catch (Exception failed) when (failed is HttpRequestException or TaskCanceledException or JsonException)
            {
                if (clock.GetElapsedTime(began) > patience)
                    throw new IOException(
                        $"the schema registry {options.Url} does not answer: {RegistryAnswer.Describe(failed)}",
                        failed
                    );
                var pause = backoff.Next();
                notices(
                    KafkaNotice.OfOutage(
                        OutagePart.Registry,
                        $"the schema registry {options.Url} does not answer: {RegistryAnswer.Describe(failed)}; asked again in {pause.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s",
                        pause
                    )
                );
                Thread.Sleep(pause);
            }
        }
    }

    /// <exception cref="HttpRequestException">Neither an id nor a refusal.</exception>
    /// <exception cref="IOException">A refusal.</exception>
    private uint TryRegister(string subject, string schema)
    {
        var address = $"{options.Url.TrimEnd('/')}/subjects/{Uri.EscapeDataString(subject)}/versions";
        using var question = new HttpRequestMessage(HttpMethod.Post, address);
        question.Content = new StringContent(
            new JsonObject { ["schema"] = schema }.ToJsonString(),
            Encoding.UTF8,
            new MediaTypeHeaderValue("application/vnd.schemaregistry.v1+json")
        );
        question.Headers.Authorization = RegistryCredentials.Of(options);
        using var answer = _http.Send(question);
        using var bytes = new MemoryStream();
        answer.Content.ReadAsStream().CopyTo(bytes);
        var body = RegistryAnswer.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        if (answer.IsSuccessStatusCode)
            return body.Id ?? throw new JsonException("its answer has no id");
        // What is the client's fault stays so, but for too many questions, time-outs, and credentials, which may be
        // renewed.
        if (
            answer.StatusCode is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError
            && answer.StatusCode
                is not (
                    HttpStatusCode.TooManyRequests
                    or HttpStatusCode.RequestTimeout
                    or HttpStatusCode.Unauthorized
                    or HttpStatusCode.Forbidden
                )
        )
            throw new IOException(
                $"the schema registry {options.Url} refuses the schema for {subject}: {(int)answer.StatusCode} {body.Message}"
            );
        throw new HttpRequestException($"it answers {(int)answer.StatusCode} {body.Message}".TrimEnd());
    }
}
