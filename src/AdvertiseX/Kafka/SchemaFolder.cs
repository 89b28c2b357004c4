using AdvertiseX.Decoding.Avro;
using AdvertiseX.Messages;
using AdvertiseX.Sources;

namespace AdvertiseX.Kafka;

/// <summary>Schemas of single objects, for those who have no registry.</summary>
internal static class SchemaFolder
{
    /// <summary>Those that come with the program, and those of the folder that the options name.</summary>
    /// <exception cref="SourceException">The folder or a file of it cannot be read, or is no schema.</exception>
    public static KnownSchemas Read(RegistryOptions options)
    {
        if (options.SchemaFolder.Length == 0)
            return KnownSchemas.Shipped;
        try
        {
            return new KnownSchemas([
                .. KnownSchemas.ShippedTexts,
                .. Directory.EnumerateFiles(options.SchemaFolder, "*.avsc").Order(StringComparer.Ordinal).Select(Text),
            ]);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"registry.schema_folder cannot be read: {failed.Message}");
        }
    }

    private static ReadOnlyMemory<byte> Text(string file)
    {
        var text = File.ReadAllBytes(file);
        return AvroSchema.TryParse(text, out _, out var problem)
            ? text
            : throw new SourceException($"{file}: not an Avro schema: {problem}");
    }
}
