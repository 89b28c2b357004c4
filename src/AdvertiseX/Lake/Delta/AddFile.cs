using System.Text.Json;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake.Delta;

/// <summary>A file joins the table.</summary>
/// <param name="Path">Path relative to the table's folder, decoded; the log holds it percent-encoded.</param>
/// <param name="PartitionValues">Raw values by partition column; null is null.</param>
/// <param name="SizeBytes">Size of the file.</param>
/// <param name="ModifiedMillis">When it was written, millis since 1970 UTC.</param>
/// <param name="DataChange">False for files that only hold rows which were there before.</param>
/// <param name="Stats">Statistics as a JSON string, or null.</param>
internal sealed record AddFile(
    string Path,
    IReadOnlyDictionary<string, string?> PartitionValues,
    long SizeBytes,
    long ModifiedMillis,
    bool DataChange,
    string? Stats
) : DeltaAction
{
    /// <summary>The column by whose date tables here are partitioned.</summary>
    public const string DateColumn = "event_date";

    /// <summary>The column with the time of an event.</summary>
    public const string TimeColumn = "event_time";

    /// <summary>The tag that holds the hash of the file's bytes.</summary>
    public const string HashTag = "adx.hash";

    /// <summary>The tag that holds the ledger versions whose rows the file has.</summary>
    public const string LedgerTag = "adx.ledger";

    private static readonly Dictionary<string, string?> NoTags = [];

    private readonly string? _stats = Stats;

    /// <summary>Statistics as a JSON string, or null. Of a file that a checkpoint names they are decompressed each time
    /// they are asked for.</summary>
    /// <exception cref="DeltaException">The checkpoint is damaged there.</exception>
    public string? Stats
    {
        get => StoredStats is null ? _stats : StatsOf(StoredStats, StoredAt);
        init => (_stats, StoredStats) = (value, null);
    }

    /// <summary>What its writer noted on it, by name; those of other writers are kept.</summary>
    public IReadOnlyDictionary<string, string?> Tags { get; init; } = NoTags;

    /// <summary>Hash of its bytes, as <see cref="Columns.FileHash"/> spells it; null where its writer noted
    /// none.</summary>
    public string? Hash => Tags.GetValueOrDefault(HashTag);

    /// <summary>The first and the last ledger version that the file has rows of, as far as its writers noted them; null
    /// where one did not.</summary>
    public LedgerRange? Ledger => LedgerRange.Parse(Tags.GetValueOrDefault(LedgerTag));

    /// <summary>Times of its events as its statistics say.</summary>
    public TimeRange EventTimes => field ??= TimeRange.Of(Stats, TimeColumn);

    /// <summary>The partition's date, or null when the table is not partitioned by one or the value is null.</summary>
    public DateOnly? EventDate =>
        PartitionValues.TryGetValue(DateColumn, out var value) && value is not null
            ? DateOnly.ParseExact(value, "yyyy-MM-dd")
            : null;

    /// <summary>Rows of the file as its statistics say, or null when they do not.</summary>
    public long? Rows => DeltaJson.RowsOf(Stats);

    /// <summary>The tags of a file with that hash and rows of those ledger versions; null leaves a tag out.</summary>
    internal static IReadOnlyDictionary<string, string?> TagsOf(string? hash, LedgerRange? ledger = null)
    {
        if (hash is null && ledger is null)
            return NoTags;
        var tags = new Dictionary<string, string?>();
        if (hash is not null)
            tags.Add(HashTag, hash);
        if (ledger is not null)
            tags.Add(LedgerTag, ledger.ToString());
        return tags;
    }

    private StoredTexts? StoredStats { get; init; }

    private int StoredAt { get; init; }

    /// <summary>The same file with statistics that stay in a checkpoint's page until they are needed.</summary>
    internal AddFile WithStats(StoredTexts page, int entry) => this with { StoredStats = page, StoredAt = entry };

    private static string? StatsOf(StoredTexts page, int entry)
    {
        try
        {
            return page.TextAt(entry);
        }
        catch (ParquetLayoutException damaged)
        {
            throw new DeltaException($"The statistics of a checkpoint cannot be read: {damaged.Message}", damaged);
        }
    }

    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("add");
        json.WriteString("path", DeltaJson.EncodePath(Path));
        DeltaJson.WriteMap(json, "partitionValues", PartitionValues);
        json.WriteNumber("size", SizeBytes);
        json.WriteNumber("modificationTime", ModifiedMillis);
        json.WriteBoolean("dataChange", DataChange);
        if (Stats is not null)
            json.WriteString("stats", Stats);
        if (Tags.Count > 0)
            DeltaJson.WriteMap(json, "tags", Tags);
        json.WriteEndObject();
    }

    internal static AddFile Parse(JsonElement add)
    {
        if (add.TryGetProperty("deletionVector", out var vector) && vector.ValueKind == JsonValueKind.Object)
            throw new DeltaException("A file has a deletion vector, a feature that is not known here.");
        return new(
            DeltaJson.DecodePath(add.GetProperty("path").GetString()!),
            DeltaJson.ReadMap(add, "partitionValues"),
            add.GetProperty("size").GetInt64(),
            add.GetProperty("modificationTime").GetInt64(),
            add.GetProperty("dataChange").GetBoolean(),
            DeltaJson.Text(add, "stats")
        )
        {
            Tags = DeltaJson.ReadMap(add, "tags"),
        };
    }
}
