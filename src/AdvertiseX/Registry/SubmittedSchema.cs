using System.Text;
using System.Text.Json;
using AdvertiseX.Decoding.Avro;

namespace AdvertiseX.Registry;

/// <summary>A schema that somebody asks about; whether it is registered is not known.</summary>
/// <param name="Text">As it came.</param>
/// <param name="Form">By which it is found (<see cref="SchemaForm"/>).</param>
/// <param name="Avro">Its meaning.</param>
internal sealed record SubmittedSchema(string Text, string Form, AvroSchema Avro)
{
    // Deeper than the parser of Avro schemas allows, so that it is the one to refuse.
    private const int MaxDepth = 256;

    /// <summary>Reads and checks the text of an Avro schema.</summary>
    /// <exception cref="RegistryException">42201: it is not an Avro schema, or breaks a rule of those.</exception>
    public static SubmittedSchema Read(string text)
    {
        try
        {
            var avro = AvroSchema.Parse(Encoding.UTF8.GetBytes(text));
            SchemaRules.Check(avro);
            return new(text, FormOf(text), avro);
        }
        catch (Exception wrong) when (IsFault(wrong))
        {
            throw RegistryException.BadSchema(wrong.Message);
        }
    }

    /// <summary>The form of a schema that was registered, whatever the rules were then.</summary>
    /// <exception cref="IOException">It is not an Avro schema: the store is damaged.</exception>
    public static string FormOfStored(string text) => Stored(() => FormOf(text));

    /// <summary>The meaning of a schema that was registered, whatever the rules were then.</summary>
    /// <exception cref="IOException">It is not an Avro schema: the store is damaged.</exception>
    public static AvroSchema ParseStored(string text) => Stored(() => AvroSchema.Parse(Encoding.UTF8.GetBytes(text)));

    private static string FormOf(string text)
    {
        using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
        return SchemaForm.Of(json.RootElement);
    }

    private static T Stored<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception wrong) when (IsFault(wrong) || wrong is KeyNotFoundException)
        {
            throw new IOException($"a registered schema is damaged: {wrong.Message}", wrong);
        }
    }

    // Of texts that are not Unicode, JsonElement throws InvalidOperationException.
    private static bool IsFault(Exception wrong) =>
        wrong is AvroSchemaException or JsonException or InvalidOperationException;
}
