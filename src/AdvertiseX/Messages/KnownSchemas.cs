using AdvertiseX.Decoding.Avro;

namespace AdvertiseX.Messages;

/// <summary>Schemas that are at hand, by fingerprint. It has no ids: those are a registry's.</summary>
internal sealed class KnownSchemas(IEnumerable<ReadOnlyMemory<byte>> texts) : ISchemas
{
    private readonly Dictionary<ulong, MessageSchema> _known = texts
        .Select(text => new MessageSchema(AvroSchema.Parse(text.Span), text))
        .GroupBy(schema => schema.Schema.Fingerprint)
        .ToDictionary(same => same.Key, same => same.First());

    public ValueTask LearnAsync(IReadOnlyCollection<AvroSchemaKey> keys) => ValueTask.CompletedTask;

    public MessageSchema? Find(AvroSchemaKey key) => key.IsFingerprint ? _known.GetValueOrDefault(key.Value) : null;

    /// <summary>Those that come with the program.</summary>
    public static KnownSchemas Shipped { get; } = new(ShippedTexts);

    /// <summary>The texts of <see cref="Shipped"/>.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> ShippedTexts =>
        [ShippedText("bid-requests"), ShippedText("bid-requests-generated")];

    private static ReadOnlyMemory<byte> ShippedText(string name)
    {
        using var stream = typeof(KnownSchemas).Assembly.GetManifestResourceStream($"contracts/{name}.avsc")!;
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        return text;
    }
}
