using System.Text.Json;
using Avro;
using Avro.Generic;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Schema = Confluent.SchemaRegistry.Schema;

namespace AdvertiseX.IntegrationTests.Registry;

/// <summary>Clients that nobody here wrote do everything that they can with our registry.</summary>
public sealed class ForeignClientTests : IDisposable
{
    private const string Old =
        """{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"string"}]}""";
    private const string Fresh =
        """{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"string"},{"name":"b","type":"int","default":7}]}""";
    private const string Odd =
        """{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"string"},{"name":"b","type":"int"}]}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adx-registry-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Confluents_client_for_dotnet_does_its_whole_cycle()
    {
        await using var host = await RegistryHost.StartAsync(_folder.FullName);
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = host.Url });
        const string Subject = "topic-value";

        Assert.Empty(await client.GetAllSubjectsAsync());
        var id = await client.RegisterSchemaAsync(Subject, new Schema(Old, SchemaType.Avro));
        Assert.Equal(id, await client.RegisterSchemaAsync("other/subject", new Schema(Old, SchemaType.Avro)));
        Assert.True(await client.IsCompatibleAsync(Subject, new Schema(Fresh, SchemaType.Avro)));
        Assert.False(await client.IsCompatibleAsync(Subject, new Schema(Odd, SchemaType.Avro)));
        var refused = await Assert.ThrowsAsync<SchemaRegistryException>(() =>
            client.RegisterSchemaAsync(Subject, new Schema(Odd, SchemaType.Avro))
        );
        Assert.Equal(40901, refused.ErrorCode);
        var next = await client.RegisterSchemaAsync(Subject, new Schema(Fresh, SchemaType.Avro), normalize: true);
        Assert.NotEqual(id, next);

        Assert.Equal(["other/subject", Subject], (await client.GetAllSubjectsAsync()).Order(StringComparer.Ordinal));
        Assert.Equal([1, 2], await client.GetSubjectVersionsAsync(Subject));
        var latest = await client.GetLatestSchemaAsync(Subject);
        Assert.Equal((next, 2, Fresh), (latest.Id, latest.Version, latest.SchemaString));
        Assert.Equal(id, (await client.GetRegisteredSchemaAsync(Subject, 1)).Id);
        Assert.Equal(1, (await client.LookupSchemaAsync(Subject, new Schema(Old, SchemaType.Avro), true)).Version);
        Assert.Equal(id, await client.GetSchemaIdAsync(Subject, new Schema(Old, SchemaType.Avro)));
        using (var stranger = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = host.Url }))
            Assert.Equal(Old, (await stranger.GetSchemaAsync(id)).SchemaString);

        Assert.Equal(Compatibility.Backward, await client.GetCompatibilityAsync());
        Assert.Equal(
            Compatibility.FullTransitive,
            await client.UpdateCompatibilityAsync(Compatibility.FullTransitive, Subject)
        );
        Assert.Equal(Compatibility.FullTransitive, await client.GetCompatibilityAsync(Subject));
        Assert.Equal(Compatibility.None, await client.UpdateCompatibilityAsync(Compatibility.None));

        using var http = new HttpClient();
        using (var deleted = await http.DeleteAsync(new Uri($"{host.Url}/subjects/{Subject}?permanent=False")))
            Assert.Equal("[1,2]", await deleted.Content.ReadAsStringAsync());
        Assert.Equal(["other/subject"], await client.GetAllSubjectsAsync());
    }

    [Fact]
    public async Task Confluents_serializers_write_and_read_old_and_new_records()
    {
        await using var host = await RegistryHost.StartAsync(_folder.FullName);
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = host.Url });
        var context = new SerializationContext(MessageComponentType.Value, "topic");
        var serializer = new AvroSerializer<GenericRecord>(client);
        var deserializer = new AvroDeserializer<GenericRecord>(client);

        var first = await serializer.SerializeAsync(Record(Old, ("a", "x")), context);
        var second = await serializer.SerializeAsync(Record(Fresh, ("a", "y"), ("b", 9)), context);

        Assert.Equal([0, 0, 0, 0, 1], first[..5]);
        Assert.Equal([0, 0, 0, 0, 2], second[..5]);
        Assert.Equal("x", (await deserializer.DeserializeAsync(first, isNull: false, context))["a"]);
        Assert.Equal(9, (await deserializer.DeserializeAsync(second, isNull: false, context))["b"]);
        var reader = new AvroDeserializer<GenericRecord>(
            client,
            new AvroDeserializerConfig { UseLatestVersion = true }
        );
        Assert.Equal(7, (await reader.DeserializeAsync(first, isNull: false, context))["b"]);
        var misfit = Old.Replace("\"a\"", "\"c\"", StringComparison.Ordinal);
        await Assert.ThrowsAsync<SchemaRegistryException>(() =>
            serializer.SerializeAsync(Record(misfit, ("c", "z")), context)
        );
    }

    [Fact]
    public async Task The_client_of_kafkajs_does_its_whole_cycle()
    {
        await using var host = await RegistryHost.StartAsync(_folder.FullName);
        var package = await NodePackage.InstallAsync("@kafkajs/confluent-schema-registry", "4.1.0");
        var script = Path.Combine(AppContext.BaseDirectory, "Registry", "kafkajs.mjs");

        var output = await NodePackage.RunAsync(script, [package, host.Url], _folder.FullName, "");

        using var result = JsonDocument.Parse(output);
        JsonElement Of(string name) => result.RootElement.GetProperty(name);
        Assert.Equal((1, 2), (Of("first").GetInt32(), Of("second").GetInt32()));
        Assert.Equal(1, Of("again").GetInt32());
        Assert.Equal(2, Of("latest").GetInt32());
        Assert.Equal(1, Of("version_1").GetInt32());
        Assert.Equal(1, Of("by_schema").GetInt32());
        Assert.Equal("n.R", Of("name").GetString());
        Assert.Contains("incompatible", Of("refused").GetString(), StringComparison.Ordinal);
        Assert.Contains("does not match", Of("other_level").GetString(), StringComparison.Ordinal);
        Assert.Equal("""{"a":"x"}""", Of("decoded").GetRawText());
        Assert.Equal("""{"a":"x","b":7}""", Of("resolved").GetRawText());
        Assert.Equal("Confluent_Schema_Registry - Schema not found", Of("unknown").GetString());
        var state = await host.StateAsync();
        Assert.Equal(["n.R"], state.Subjects.Keys);
        Assert.Equal(AdvertiseX.Registry.CompatibilityLevel.Full, state.OwnLevelOf("n.R"));
    }

    [Fact]
    public async Task Twenty_foreign_writers_through_two_servers_get_one_id_for_each_schema()
    {
        await using var one = await RegistryHost.StartAsync(_folder.FullName);
        await using var other = await RegistryHost.StartAsync(_folder.FullName);
        static string SchemaOf(int number) =>
            $$"""{"type":"record","name":"R","fields":[{"name":"f{{number}}","type":"int","default":0}]}""";

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(writer =>
                    Task.Run(async () =>
                    {
                        using var client = new CachedSchemaRegistryClient(
                            new SchemaRegistryConfig { Url = writer % 2 == 0 ? one.Url : other.Url }
                        );
                        var ids = new List<(int Schema, int Id)>();
                        for (var i = 0; i < 8; i++)
                        {
                            var number = (writer + i) % 10;
                            var schema = new Schema(SchemaOf(number), SchemaType.Avro);
                            ids.Add((number, await client.RegisterSchemaAsync($"s{writer % 3}", schema)));
                        }

                        return ids;
                    })
                )
        );

        var distinct = results.SelectMany(each => each).Distinct().ToList();
        Assert.Equal(10, distinct.Count);
        Assert.Equal(Enumerable.Range(1, 10), distinct.Select(each => each.Id).Order());
        Assert.Equal(Enumerable.Range(1, 10), (await other.StateAsync()).Schemas.Keys);
    }

    private static GenericRecord Record(string schema, params (string Name, object Value)[] fields)
    {
        var record = new GenericRecord((RecordSchema)Avro.Schema.Parse(schema));
        foreach (var (name, value) in fields)
            record.Add(name, value);
        return record;
    }
}
