using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>How ledger entries and positions are spelled in JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(LedgerEntry))]
[JsonSerializable(typeof(SavedPositions))]
[JsonSerializable(typeof(StreamPosition))]
internal sealed partial class LedgerJson : JsonSerializerContext
{
    public static byte[] Write(LedgerEntry entry) => JsonSerializer.SerializeToUtf8Bytes(entry, Default.LedgerEntry);

    public static LedgerEntry ReadEntry(ReadOnlyMemory<byte> json, long version) =>
        Read(json, Default.LedgerEntry, $"Version {version} of the ledger") with
        {
            Version = version,
        };

    public static byte[] Write(LedgerState state) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new SavedPositions(
                state.Version,
                [.. state.Streams.Values],
                state.LastStaged.ToDictionary(StringComparer.Ordinal)
            )
            {
                Staged = state.Staged.ToDictionary(
                    table => table.Key,
                    IReadOnlyList<long> (table) => table.Value,
                    StringComparer.Ordinal
                ),
                Archive = state.Archive.Segments is { Count: > 0 } segments ? segments : null,
            },
            Default.SavedPositions
        );

    public static byte[] Write(StreamPosition position) =>
        JsonSerializer.SerializeToUtf8Bytes(position, Default.StreamPosition);

    public static StreamPosition ReadPosition(ReadOnlyMemory<byte> json, string where) =>
        Read(json, Default.StreamPosition, where);

    public static LedgerState ReadState(ReadOnlyMemory<byte> json, string key, IObjectStore store)
    {
        var saved = Read(json, Default.SavedPositions, key);
        return new(
            saved.Version,
            saved.Streams.ToImmutableDictionary(stream => stream.Stream, StringComparer.Ordinal),
            saved.LastStaged.ToImmutableDictionary(StringComparer.Ordinal)
        )
        {
            Staged = (
                saved.Staged
                ?? saved.LastStaged.ToDictionary(last => last.Key, IReadOnlyList<long> (last) => [last.Value])
            ).ToImmutableDictionary(table => table.Key, table => table.Value.ToImmutableList(), StringComparer.Ordinal),
            Archive = StreamArchive.Of(store, saved.Archive ?? []),
        };
    }

    private static T Read<T>(
        ReadOnlyMemory<byte> json,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type,
        string where
    )
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, type) ?? throw new DeltaException($"{where} is empty.");
        }
        catch (JsonException broken)
        {
            throw new DeltaException($"{where}: {broken.Message}", broken);
        }
    }
}
