using System.Text.Json;

namespace AdvertiseX.Lake.Delta;

/// <summary>What a reader and a writer of the table must know ("Protocol Evolution").</summary>
internal sealed record TableProtocol(
    int MinReaderVersion,
    int MinWriterVersion,
    IReadOnlyList<string> ReaderFeatures,
    IReadOnlyList<string> WriterFeatures
) : DeltaAction
{
    private static readonly string[] KnownWriterFeatures = ["appendOnly", "invariants"];

    /// <summary>What tables made here ask for: the oldest reader, so that everyone can read them.</summary>
    public static readonly TableProtocol Ours = new(1, 2, [], []);

    /// <summary>Refuses a table that needs more of its reader than is known here.</summary>
    /// <exception cref="DeltaException">Names what is not known.</exception>
    public void RequireReadable(string table)
    {
        if (MinReaderVersion is not (1 or 3))
            throw new DeltaException($"{table} needs reader version {MinReaderVersion}; 1 and 3 are known.");
        if (ReaderFeatures.Count > 0)
            throw new DeltaException(
                $"{table} needs the reader features {string.Join(", ", ReaderFeatures)}; none is known."
            );
    }

    /// <summary>Refuses a table that needs more of its writer than is known here.</summary>
    /// <exception cref="DeltaException">Names what is not known.</exception>
    public void RequireWritable(string table)
    {
        RequireReadable(table);
        if (MinWriterVersion is not (1 or 2 or 7))
            throw new DeltaException($"{table} needs writer version {MinWriterVersion}; 1, 2 and 7 are known.");
        var unknown = WriterFeatures.Except(KnownWriterFeatures).ToList();
        if (unknown.Count > 0)
            throw new DeltaException(
                $"{table} needs the writer features {string.Join(", ", unknown)}, which are not known."
            );
    }

    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("protocol");
        json.WriteNumber("minReaderVersion", MinReaderVersion);
        json.WriteNumber("minWriterVersion", MinWriterVersion);
        if (MinReaderVersion >= 3)
            WriteFeatures(json, "readerFeatures", ReaderFeatures);
        if (MinWriterVersion >= 7)
            WriteFeatures(json, "writerFeatures", WriterFeatures);
        json.WriteEndObject();
    }

    internal static TableProtocol Parse(JsonElement protocol) =>
        new(
            protocol.GetProperty("minReaderVersion").GetInt32(),
            protocol.GetProperty("minWriterVersion").GetInt32(),
            DeltaJson.Texts(protocol, "readerFeatures"),
            DeltaJson.Texts(protocol, "writerFeatures")
        );

    private static void WriteFeatures(Utf8JsonWriter json, string name, IReadOnlyList<string> features)
    {
        json.WriteStartArray(name);
        foreach (var feature in features)
            json.WriteStringValue(feature);
        json.WriteEndArray();
    }
}
