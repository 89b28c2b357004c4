using System.Globalization;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Lake;

namespace AdvertiseX.Reference;

/// <summary>
/// Loads descriptions of advertisers, campaigns, ad groups, creatives, sites, users and targets from CSV or JSON files.
/// Each table named by the files is replaced as a whole; nothing is loaded when any value is wrong. What a file
/// describes is told by its columns. Thread-safe.
/// </summary>
/// <param name="lake">The lake to write to.</param>
/// <param name="clock">The clock; null for the system's.</param>
public sealed class ReferenceLoader(DataLake lake, TimeProvider? clock = null)
{
    /// <summary>Problems collected before a load gives up.</summary>
    public const int MaxProblems = 20;

    private static readonly string[] Extensions = [".csv", ".json", ".ndjson", ".jsonl"];

    /// <summary>Loads files, or all .csv, .json, .ndjson and .jsonl files of folders. A CSV file with a header alone is
    /// a description without rows: its table is empty afterwards, unless another file has rows for it.</summary>
    /// <returns>One entry for each table that the files name.</returns>
    /// <exception cref="ReferenceException">A file or a value is wrong; nothing was loaded.</exception>
    /// <exception cref="IOException">A file cannot be read, or the lake not be written.</exception>
    public async Task<IReadOnlyList<ReferenceTableResult>> LoadAsync(
        IEnumerable<string> paths,
        CancellationToken cancellation = default
    )
    {
        var problems = new List<ReferenceProblem>();
        var batches = new SortedDictionary<ReferenceKind, ReferenceBatch>();
        try
        {
            Read(paths, batches, problems, cancellation);
            if (problems.Count > 0)
                throw new ReferenceException(problems);
            var results = new List<ReferenceTableResult>();
            foreach (var batch in batches.Values)
                results.Add(
                    await new ReferenceTableWriter(lake, clock ?? TimeProvider.System).WriteAsync(
                        batch.Rows,
                        cancellation
                    )
                );
            return results;
        }
        finally
        {
            foreach (var batch in batches.Values)
                batch.Dispose();
        }
    }

    private static void Read(
        IEnumerable<string> paths,
        SortedDictionary<ReferenceKind, ReferenceBatch> batches,
        List<ReferenceProblem> problems,
        CancellationToken cancellation
    )
    {
        var zones = new CampaignZones();
        var rates = new List<ReferenceRecord>();
        foreach (var file in paths.SelectMany(FilesOf))
        {
            var any = false;
            IReadOnlyList<string>? checkedNames = null;
            foreach (var record in ReferenceReader.Read(file))
            {
                cancellation.ThrowIfCancellationRequested();
                any = true;
                var kind = KindOf(record);
                // The records of a CSV file share their names.
                if (!ReferenceEquals(record.Names, checkedNames))
                    RequireEachColumnOnce(record, kind);
                checkedNames = record.Names;
                if (kind == ReferenceKind.CampaignRates)
                    rates.Add(record);
                else
                    Add(batches, kind, record, problems);
                zones.Note(kind, record);
                if (kind == ReferenceKind.Campaigns && record.Find(["rate"]) is not null)
                    rates.Add(record);
                if (problems.Count >= MaxProblems)
                    return;
            }

            if (!any)
                AddNothing(batches, file, problems);
        }

        if (rates.Count > 0)
            AddRates(batches, rates, zones, problems);
    }

    // A header alone describes that there is nothing.
    private static void AddNothing(
        SortedDictionary<ReferenceKind, ReferenceBatch> batches,
        string file,
        List<ReferenceProblem> problems
    )
    {
        if (ReferenceReader.HeaderOf(file) is not { } names)
            throw new ReferenceException($"{file} has no records");
        var header = new ReferenceRecord(file, 0, names, []);
        var kind = KindOf(header);
        RequireEachColumnOnce(header, kind);
        BatchOf(batches, kind, problems);
    }

    private static ReferenceKind KindOf(ReferenceRecord record) =>
        ReferenceLayout.KindOf(record)
        ?? throw new ReferenceException(
            $"{record.File} is no reference file: it has {string.Join(", ", record.Names)}; known are files with a creative_id, ad_group_id, campaign_id, user_id, site_id or advertiser_id, or with level and metric"
        );

    private static void RequireEachColumnOnce(ReferenceRecord record, ReferenceKind kind)
    {
        if (ReferenceLayout.Repeated(record, kind) is { } twice)
            throw new ReferenceException([new(record.File, record.Row, twice.Column, twice.Names, "each column once")]);
    }

    private static void AddRates(
        SortedDictionary<ReferenceKind, ReferenceBatch> batches,
        List<ReferenceRecord> rates,
        CampaignZones zones,
        List<ReferenceProblem> problems
    )
    {
        var book = new CampaignRates(BatchOf(batches, ReferenceKind.CampaignRates, problems), problems);
        foreach (var rate in rates)
            book.Add(rate, rate.Find(["campaign_id"]) is { } id ? zones.Find(id) : null);
    }

    private static void Add(
        SortedDictionary<ReferenceKind, ReferenceBatch> batches,
        ReferenceKind kind,
        ReferenceRecord record,
        List<ReferenceProblem> problems
    )
    {
        var batch = BatchOf(batches, kind, problems);
        if (kind != ReferenceKind.Users)
            batch.Add(record);
        else
            batch.Add(record, column => column == "user_key" ? UserKey(record) : null);
    }

    private static string? UserKey(ReferenceRecord record) =>
        record.Find(["user_id"]) is { } id
            ? ((long)StableHash.Hash64(Encoding.UTF8.GetBytes(id))).ToString(CultureInfo.InvariantCulture)
            : null;

    private static ReferenceBatch BatchOf(
        SortedDictionary<ReferenceKind, ReferenceBatch> batches,
        ReferenceKind kind,
        List<ReferenceProblem> problems
    )
    {
        if (!batches.TryGetValue(kind, out var batch))
            batches[kind] = batch = new ReferenceBatch(ReferenceTables.All[(int)kind], problems);
        return batch;
    }

    private static IEnumerable<string> FilesOf(string path)
    {
        if (!Directory.Exists(path))
            return File.Exists(path)
                ? [path]
                : throw new ReferenceException($"{path}: there is no such file or folder");
        return Directory
            .EnumerateFiles(path)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal);
    }
}
