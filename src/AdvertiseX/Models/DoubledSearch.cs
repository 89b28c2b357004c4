using System.Globalization;
using AdvertiseX.Columns;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Models;

/// <summary>
/// Looks for rows of a table of facts whose event id an earlier row has. Sidecars tell which ids may be there more than
/// once (<see cref="RepeatedKeys"/>), and only rows of those are read: a table without doubled ids costs no query.
/// </summary>
internal sealed class DoubledSearch(
    DataLake lake,
    IQueryEngine engine,
    TableSchema fact,
    InputState input,
    DoubledRows known,
    ScratchSpace? scratch = null
)
{
    // More conditions than these cost more to parse than a grouping of the keys.
    private const int FewPrefixes = 1000;

    /// <summary>Name of the table.</summary>
    public string Fact => fact.Name;

    /// <summary>The version of the table that is looked at.</summary>
    public long Version => input.Version;

    /// <summary>Files of rows to leave out from now on; the caller's.</summary>
    public IReadOnlyList<StagedFile> Files { get; private set; } = [];

    /// <summary>Addresses of the files where a scratch space was given, which are to be in no table.</summary>
    public IReadOnlyList<string> Tried { get; private set; } = [];

    /// <summary>How many rows they hold.</summary>
    public long Rows => Files.Sum(file => file.Rows);

    /// <summary>Among them are rows that models may have read before.</summary>
    public bool IsRevision { get; private set; }

    /// <summary>A row that is left out has become the first of its id, as others left the table.</summary>
    public bool HasRevived { get; private set; }

    /// <exception cref="QueryException">Rows cannot be read.</exception>
    /// <exception cref="DeltaException">A file or log is damaged.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var isAnyKnown = known.CountOf(Fact) > 0;
        HasRevived = isAnyKnown && (input.IsUnknown || input.Removed.Count > 0) && await RevivesAsync(cancellation);
        if (HasRevived)
            return;
        var (fresh, others) = await SplitAsync(cancellation);
        var repeated = await RepeatedKeys.FindAsync(lake, fact, fresh, others, cancellation);
        if (repeated.Starts.Count == 0)
            return;
        var select = engine.Dialect.Translate(SelectOf(repeated));
        ParquetSet[] sets = [known.Set, SetOf("copies", repeated.Files)];
        if (scratch is not null)
        {
            var tried = await engine.WriteAsync(
                select,
                sets,
                new ParquetOutput(scratch.NewFolder(DoubledRows.Name)),
                cancellation
            );
            Tried = [.. tried.Where(file => file.Rows > 0).Select(file => file.Path)];
            return;
        }

        var written = await lake.Staging.WriteAsync(
            engine,
            select,
            sets,
            DoubledRows.Name,
            folder => new ParquetOutput(folder),
            cancellation
        );
        Files = await lake.Staging.SealAsync(written, cancellation);
        IsRevision =
            Files.Count > 0
            && (input.Consumed < 0 || input.IsUnknown || input.Removed.Count > 0 || await HasStayedAsync(cancellation));
    }

    /// <summary>The files that may have new rows, and the others.</summary>
    private async ValueTask<(IReadOnlyList<LakeFile> Fresh, IReadOnlyList<LakeFile> Others)> SplitAsync(
        CancellationToken cancellation
    )
    {
        if (input.Consumed < 0 || input.IsUnknown)
            return (input.Files, []);
        if (input.Added.Count == 0)
            return ([], []);
        if (input.KnowsBefore)
            return (input.Added, [.. input.Stayed]);
        // Files that came were merged with others: whatever was not there then may hold their rows.
        try
        {
            var before = await lake.Table(Fact).Delta.AtAsync(input.Consumed, cancellation);
            var byAge = input.Files.ToLookup(file => before.Files.ContainsKey(file.Path));
            return ([.. byAge[false]], [.. byAge[true]]);
        }
        catch (DeltaException)
        {
            // Its log was cleaned.
            return (input.Files, []);
        }
    }

    /// <summary>Rows with an earlier row of the same id, without those that are known.</summary>
    private string SelectOf(RepeatedKeys repeated) =>
        $"""
            select '{Fact}' as fact, event_id, event_key as row_key, event_time as row_time, event_date as row_date,
              stream as row_stream, stream_offset as row_offset, cast(coalesce(stream_ordinal, 0) as bigint) as row_ordinal
            from ({Ranked("copies", Among(repeated.Starts))}) as ranked
            where n > 1 and not exists (select 1 from {DoubledRows.Name} where {DoubledRows.IsRow(Fact)})
            """;

    private static string Among(IReadOnlySet<long> starts) =>
        starts.Count > FewPrefixes
            ? "event_key in (select event_key from copies group by event_key having count(*) > 1)"
            : $"event_key - (event_key & {RepeatedKeys.Rest}) in ({string.Join(", ", starts.Select(Text))})";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Ranked(string rows, string among) =>
        $"""
            select *, row_number() over (partition by event_key, event_id order by {DoubledRows.Order}) as n
            from {rows} where {among}
            """;

    /// <summary>Whether a row that is left out is the first of its id now.</summary>
    private Task<bool> RevivesAsync(CancellationToken cancellation)
    {
        var keys = $"event_key in (select row_key from {DoubledRows.Name} where fact = '{Fact}')";
        return AnyAsync(
            $"select 1 from {DoubledRows.Name} where exists (select 1 from ({Ranked("copies", keys)}) as ranked where n = 1 and {DoubledRows.IsRow(Fact)})",
            [known.Set, SetOf("copies", input.Files)],
            cancellation
        );
    }

    /// <summary>Whether a row that was found was there before the files that came.</summary>
    private Task<bool> HasStayedAsync(CancellationToken cancellation) =>
        AnyAsync(
            $"select 1 from {DoubledRows.Name} where not exists (select 1 from came where {DoubledRows.IsRow(Fact)})",
            [
                known.Set with
                {
                    Files = [.. Files.Select(file => lake.Table(DoubledRows.Name).AddressOf(file.Path))],
                },
                SetOf("came", input.Added),
            ],
            cancellation
        );

    private async Task<bool> AnyAsync(string select, IReadOnlyList<ParquetSet> sets, CancellationToken cancellation)
    {
        using var result = await engine.ReadAsync(engine.Dialect.Translate($"{select} limit 1"), sets, cancellation);
        return result.Read();
    }

    private ParquetSet SetOf(string name, IReadOnlyList<LakeFile> files) =>
        ModelCatalog.Shipped.Set(name, Fact, files.Select(file => file.Address));
}
