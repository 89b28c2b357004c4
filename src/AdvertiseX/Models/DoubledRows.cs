using AdvertiseX.Columns;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>
/// The rows of facts that models leave out, at one version of the table <c>doubled_events</c>: of the rows with one
/// event id the first counts, and the others stand there (<c>docs/decisions/055-doubled-ids.md</c>). Immutable.
/// </summary>
internal sealed record DoubledRows
{
    public const string Name = "doubled_events";

    /// <summary>First is the row that was processed first, then that of the smaller position.</summary>
    internal const string Order = "processed_time, stream, stream_offset, coalesce(stream_ordinal, 0)";

    /// <summary>
    /// <c>fact</c> is the name of the table. Columns that begin with <c>row_</c> have names of their own so that a
    /// condition on a fact table can name both sides.
    /// </summary>
    internal static DeltaSchema Schema { get; } =
        new([
            new("fact", DeltaType.String),
            new("event_id", DeltaType.String),
            new("row_key", DeltaType.Long),
            new("row_time", DeltaType.Timestamp),
            new("row_date", DeltaType.Date),
            new("row_stream", DeltaType.String),
            new("row_offset", DeltaType.Long),
            new("row_ordinal", DeltaType.Long),
        ]);

    private static readonly IReadOnlyList<ParquetColumn> s_columns =
    [
        .. Schema.Columns.Select(column => new ParquetColumn(column.Name, column.SqlType)),
    ];

    public static DoubledRows None { get; } = new();

    /// <summary>The tables whose rows can be left out.</summary>
    public static IReadOnlyList<TableSchema> Facts { get; } = [.. Enum.GetValues<EventKind>().Select(FactTables.Of)];

    /// <summary>Whether rows of a table can be left out.</summary>
    public static bool IsFact(string table) => Facts.Any(fact => fact.Name == table);

    /// <summary>The table; null where the lake has none.</summary>
    public DeltaSnapshot? Snapshot { get; init; }

    /// <summary>Addresses of the table's files.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>How many rows of each table and date there are.</summary>
    public IReadOnlyDictionary<(string Fact, DateOnly? Date), long> Counts { get; init; } =
        new Dictionary<(string, DateOnly?), long>();

    /// <summary>The table as SQL sees it.</summary>
    public ParquetSet Set => new(Name, s_columns, Files);

    /// <summary>The version of a table of facts up to which ids were compared; -1 for none.</summary>
    public long VersionOf(string fact) => Snapshot?.TransactionOf(VersionIdOf(fact)) ?? -1;

    /// <summary>
    /// The version of a table of facts with which a row that models may have read before was left out, or one that was
    /// left out came to count; -1 for none. What models made of earlier versions cannot be followed.
    /// </summary>
    public long RevisedAt(string fact) => Snapshot?.TransactionOf(RevisionIdOf(fact)) ?? -1;

    /// <summary>How many rows of a table are left out.</summary>
    public long CountOf(string fact) => Counts.Where(each => each.Key.Fact == fact).Sum(each => each.Value);

    /// <summary>A set over some files of a table without the rows that are left out.</summary>
    public ParquetSet Without(ParquetSet set, string fact, IEnumerable<LakeFile> files) =>
        Counts.Count > 0 && files.Any(file => Counts.ContainsKey((fact, file.EventDate)))
            ? set.And($"not exists (select 1 from {Name} where {IsRow(fact)})")
            : set;

    /// <summary>The sets that a statement needs beside those that it names.</summary>
    public IReadOnlyList<ParquetSet> With(IReadOnlyList<ParquetSet> sets) => Files.Count == 0 ? sets : [Set, .. sets];

    /// <summary>SQL condition: a row of <c>doubled_events</c> is the row at hand of a table of facts.</summary>
    internal static string IsRow(string fact) =>
        $"fact = '{fact}' and row_key = event_key and row_stream = stream and row_offset = stream_offset and row_ordinal = coalesce(stream_ordinal, 0)";

    internal static string VersionIdOf(string fact) => $"{Name}:{fact}";

    internal static string RevisionIdOf(string fact) => $"{Name}:{fact}:revised";

    /// <summary>Reads the table as it stands.</summary>
    /// <exception cref="QueryException">A file cannot be read.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public static async ValueTask<DoubledRows> ReadAsync(
        DataLake lake,
        IQueryEngine engine,
        CancellationToken cancellation
    )
    {
        if (lake.Tables.FirstOrDefault(each => each.Name == Name) is not { } table)
            return None;
        var snapshot = await table.Delta.RefreshAsync(cancellation);
        var rows = new DoubledRows
        {
            Snapshot = snapshot,
            Files = [.. table.FilesOf(snapshot).Select(file => file.Address)],
        };
        return await rows.CountedAsync(engine, cancellation);
    }

    /// <summary>The same with the rows of its files counted.</summary>
    /// <exception cref="QueryException">A file cannot be read.</exception>
    public async ValueTask<DoubledRows> CountedAsync(IQueryEngine engine, CancellationToken cancellation)
    {
        if (Files.Count == 0)
            return this;
        var counts = new Dictionary<(string, DateOnly?), long>();
        using var result = await engine.ReadAsync(
            $"select fact, row_date, count(*) from {Name} group by fact, row_date",
            [Set],
            cancellation
        );
        while (result.Read())
            counts[(result.GetString(0)!, result.IsNull(1) ? null : result.GetDate(1))] = result.GetInt64(2);
        return this with { Counts = counts };
    }
}
