using System.Globalization;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake.Delta;

/// <summary>Classic checkpoints of one file (Delta protocol, "Checkpoints"), written and read through DuckDB.</summary>
internal static class DeltaCheckpoint
{
    private const string Text = "\"string\"",
        Long = "\"long\"",
        Boolean = "\"boolean\"";
    private const string Map = """{"type":"map","keyType":"string","valueType":"string","valueContainsNull":true}""";

    /// <summary>Tombstones older than this are left out of checkpoints, and vacuum has them no longer in
    /// view.</summary>
    public static readonly TimeSpan TombstoneRetention = TimeSpan.FromDays(TombstoneDays);

    public const int TombstoneDays = 30;

    /// <summary>
    /// The columns below as a Delta schema. Readers then need not open the file to learn them; Delta 4.1 on Spark 4.1.4
    /// fails when it has to (<c>docs/decisions/014-checkpoints.md</c>).
    /// </summary>
    private static readonly string ColumnsAsDelta = Struct(
        ("protocol", Struct(("minReaderVersion", "\"integer\""), ("minWriterVersion", "\"integer\""))),
        (
            "metaData",
            Struct(
                ("id", Text),
                ("name", Text),
                ("description", Text),
                ("format", Struct(("provider", Text), ("options", Map))),
                ("schemaString", Text),
                ("partitionColumns", """{"type":"array","elementType":"string","containsNull":true}"""),
                ("createdTime", Long),
                ("configuration", Map)
            )
        ),
        ("txn", Struct(("appId", Text), ("version", Long), ("lastUpdated", Long))),
        (
            "add",
            Struct(
                ("path", Text),
                ("partitionValues", Map),
                ("size", Long),
                ("modificationTime", Long),
                ("dataChange", Boolean),
                ("tags", Map),
                ("stats", Text)
            )
        ),
        (
            "remove",
            Struct(
                ("path", Text),
                ("deletionTimestamp", Long),
                ("dataChange", Boolean),
                ("extendedFileMetadata", Boolean),
                ("partitionValues", Map),
                ("size", Long)
            )
        )
    );

    private static readonly (string Name, string Type)[] Columns =
    [
        ("protocol", "STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER)"),
        (
            "metaData",
            "STRUCT(id VARCHAR, name VARCHAR, description VARCHAR, format STRUCT(provider VARCHAR, options MAP(VARCHAR, VARCHAR)), "
                + "schemaString VARCHAR, partitionColumns VARCHAR[], createdTime BIGINT, configuration MAP(VARCHAR, VARCHAR))"
        ),
        ("txn", "STRUCT(appId VARCHAR, version BIGINT, lastUpdated BIGINT)"),
        (
            "add",
            "STRUCT(path VARCHAR, partitionValues MAP(VARCHAR, VARCHAR), size BIGINT, modificationTime BIGINT, "
                + "dataChange BOOLEAN, tags MAP(VARCHAR, VARCHAR), stats VARCHAR)"
        ),
        (
            "remove",
            "STRUCT(path VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN, extendedFileMetadata BOOLEAN, "
                + "partitionValues MAP(VARCHAR, VARCHAR), size BIGINT)"
        ),
    ];

    /// <summary>Writes the checkpoint of a snapshot, then the hint that it is there.</summary>
    public static async ValueTask WriteAsync(
        IObjectStore store,
        LakeEngine engine,
        DeltaLog log,
        DeltaSnapshot snapshot,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        // A table whose protocol lists features was made by others; theirs may belong into a checkpoint, so they write
        // it.
        if (snapshot.Protocol.MinWriterVersion > 2)
            return;
        var key = log.CheckpointKey(snapshot.Version);
        if (await store.FindAsync(key, cancellation) is not null)
            return;
        var actions = ActionsOf(snapshot, now).ToList();
        // Written aside and put under its name whole: a reader that lists the log never meets half a checkpoint.
        var content = await engine.ParquetOfAsync(DeltaJson.Lines(actions), Columns, cancellation);
        // Another writer's checkpoint of this version holds the same, in other bytes; the hint is then that writer's
        // too.
        if (!await store.PutIfAbsentAsync(key, content, cancellation))
            return;
        var hint =
            $"{{\"version\":{snapshot.Version},\"size\":{actions.Count},\"sizeInBytes\":{content.Length},"
            + $"\"numOfAddFiles\":{snapshot.Files.Count},\"checkpointSchema\":{ColumnsAsDelta},"
            + $"\"tags\":{{\"{AddFile.HashTag}\":\"{FileHash.TextOf(content)}\"}}}}";
        await store.PutAsync(log.LastCheckpointKey, Encoding.UTF8.GetBytes(hint), cancellation);
    }

    /// <summary>The actions that a checkpoint holds, whose bytes must have the hash, if one is given.</summary>
    /// <exception cref="DeltaException">The file is damaged.</exception>
    public static async ValueTask<List<DeltaAction>> ReadAsync(
        IObjectStore store,
        LakeEngine engine,
        string key,
        string? hash,
        CancellationToken cancellation
    )
    {
        if (
            hash is not null
            && await store.ReadAsync(key, cancellation) is { } content
            && FileHash.TextOf(content) != hash
        )
            throw new DeltaException($"{key} was written with other bytes: its hash is not {hash}.");
        var actions = new List<DeltaAction>();
        var row = 0;
        await engine.ReadAsJsonAsync(
            store.AddressOf(key),
            line =>
            {
                row++;
                if (
                    DeltaJson.ReadLine(line, string.Create(CultureInfo.InvariantCulture, $"{key}, row {row}")) is
                    { } action
                )
                    actions.Add(action);
            },
            cancellation
        );
        if (!actions.OfType<TableProtocol>().Any() || !actions.OfType<TableMetadata>().Any())
            throw new DeltaException($"{key} has no protocol or no metadata.");
        return actions;
    }

    private static string Struct(params (string Name, string Type)[] fields)
    {
        var parts = fields.Select(field =>
            $"{{\"name\":\"{field.Name}\",\"type\":{field.Type},\"nullable\":true,\"metadata\":{{}}}}"
        );
        return $"{{\"type\":\"struct\",\"fields\":[{string.Join(',', parts)}]}}";
    }

    private static IEnumerable<DeltaAction> ActionsOf(DeltaSnapshot snapshot, DateTimeOffset now)
    {
        yield return snapshot.Protocol;
        yield return snapshot.Metadata;
        foreach (var txn in snapshot.Transactions.Values)
            yield return txn;
        // An add in a checkpoint tells state, not change ("dataChange" is false there).
        foreach (var add in snapshot.Files.Values.OrderBy(add => add.Path, StringComparer.Ordinal))
            yield return add with
            {
                DataChange = false,
            };
        var horizon = (now - TombstoneRetention).ToUnixTimeMilliseconds();
        foreach (var remove in snapshot.Tombstones.Values)
            if (remove.DeletedMillis >= horizon)
                yield return remove with
                {
                    DataChange = false,
                };
    }
}
