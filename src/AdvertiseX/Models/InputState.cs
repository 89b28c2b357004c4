using System.Globalization;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>One table that a model reads: what the model has consumed of it, and what there is.</summary>
internal sealed record InputState
{
    public required string Table { get; init; }

    /// <summary>Version that the model's table was made from; -1 for none.</summary>
    public required long Consumed { get; init; }

    /// <summary>The version that this run reads; -1 when the lake has no such table.</summary>
    public required long Version { get; init; }

    /// <summary>The live files at that version.</summary>
    public required IReadOnlyList<LakeFile> Files { get; init; }

    /// <summary>Files with rows that joined since <see cref="Consumed"/>; those of commits without data change are
    /// none.</summary>
    public IReadOnlyList<LakeFile> Added { get; init; } = [];

    /// <summary>Files with rows that left since then.</summary>
    public IReadOnlyList<LakeFile> Removed { get; init; } = [];

    /// <summary>The log does not tell which rows changed: it was cleaned, files are gone, or hold other columns than
    /// those before.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>The rows that are left out, where the table is one of facts.</summary>
    public DoubledRows Doubled { get; init; } = DoubledRows.None;

    /// <summary>Of an event that is there twice another row counts than when <see cref="Consumed"/> was read.</summary>
    public bool IsRevised => Consumed >= 0 && Doubled.RevisedAt(Table) > Consumed;

    public bool HasChanges => IsUnknown || IsRevised || Added.Count > 0 || Removed.Count > 0;

    /// <summary>The live files without those that joined since <see cref="Consumed"/>.</summary>
    public IEnumerable<LakeFile> Stayed =>
        Files.ExceptBy(Added.Select(file => file.Path), file => file.Path, StringComparer.Ordinal);

    /// <summary>
    /// Whether <see cref="Stayed"/> and <see cref="Removed"/> hold the rows of the version that was consumed: not where
    /// a file that joined since then was compacted with others.
    /// </summary>
    public bool KnowsBefore => !IsUnknown && !IsRevised && Stayed.Count() + Added.Count == Files.Count;

    /// <summary>What happened to it, for people: versions, files that came and went, and of which dates.</summary>
    public string Description
    {
        get
        {
            if (IsUnknown)
                return $"{Table} {Consumed} → {Version} (what changed is not known)";
            var went = Removed.Count == 0 ? "" : $" −{Removed.Count}";
            var files = Added.Count + Removed.Count == 1 ? "file" : "files";
            return $"{Table} {Consumed} → {Version} (+{Added.Count}{went} {files}{DatesOf([.. Added, .. Removed])})";
        }
    }

    /// <summary>Whether a <see cref="Description"/> says that a table got files, and lost none.</summary>
    public static bool IsGrowth(string description, string table) =>
        description.StartsWith(table + " ", StringComparison.Ordinal)
        && description.Contains("(+", StringComparison.Ordinal)
        && !description.Contains('−', StringComparison.Ordinal);

    /// <summary>Reads the table as it stands and what happened to it since <paramref name="consumed"/>.</summary>
    public static async ValueTask<InputState> ReadAsync(
        DataLake lake,
        string table,
        long consumed,
        CancellationToken cancellation
    )
    {
        if (lake.Tables.FirstOrDefault(each => each.Name == table) is not { } source)
            return new InputState
            {
                Table = table,
                Consumed = consumed,
                Version = -1,
                Files = [],
                IsUnknown = consumed >= 0,
            };
        var snapshot = await source.Delta.RefreshAsync(cancellation);
        var state = new InputState
        {
            Table = table,
            Consumed = consumed,
            Version = snapshot.Version,
            Files = source.FilesOf(snapshot),
        };
        if (consumed == snapshot.Version)
            return state;
        if (consumed < 0)
            return state with { Added = state.Files };
        return await state.WithChangesAsync(lake, source, cancellation);
    }

    private async ValueTask<InputState> WithChangesAsync(
        DataLake lake,
        LakeTable source,
        CancellationToken cancellation
    )
    {
        var added = new Dictionary<string, LakeFile>(StringComparer.Ordinal);
        var removed = new Dictionary<string, LakeFile>(StringComparer.Ordinal);
        for (var version = Consumed + 1; version <= Version; version++)
        {
            if (
                await source.Delta.ReadCommitAsync(version, cancellation) is not { } commit
                || commit.OfType<TableMetadata>().Any()
            )
                return this with { IsUnknown = true };
            foreach (var add in commit.OfType<AddFile>().Where(add => add.DataChange))
                added[add.Path] = FileOf(source, add);
            foreach (var remove in commit.OfType<RemoveFile>().Where(remove => remove.DataChange))
            {
                if (!added.Remove(remove.Path))
                    removed[remove.Path] = FileOf(source, remove);
            }
        }

        var live = Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in added.Values.Concat(removed.Values).Where(file => !live.Contains(file.Path)))
        {
            // Compaction takes files out and vacuum deletes them; then their rows can only be read where they are now.
            if (await lake.Store.FindAsync(source.KeyOf(gone.Path), cancellation) is null)
                return this with { IsUnknown = true };
        }

        return this with
        {
            Added = [.. added.Values],
            Removed = [.. removed.Values],
        };
    }

    private static string DatesOf(IReadOnlyList<LakeFile> files)
    {
        var dates = files.Select(file => file.EventDate).OfType<DateOnly>().Distinct().Order().ToList();
        return dates.Count switch
        {
            0 => "",
            1 => string.Create(CultureInfo.InvariantCulture, $" of {dates[0]:yyyy-MM-dd}"),
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $" of {dates.Count} dates, {dates[0]:yyyy-MM-dd} to {dates[^1]:yyyy-MM-dd}"
            ),
        };
    }

    private static LakeFile FileOf(LakeTable table, AddFile add) =>
        new(
            table.Name,
            add.Path,
            table.AddressOf(add.Path),
            add.EventDate,
            add.Rows ?? 0,
            add.SizeBytes,
            add.Stats,
            null
        );

    private static LakeFile FileOf(LakeTable table, RemoveFile remove)
    {
        var date =
            remove.PartitionValues.TryGetValue(LakeTable.PartitionColumn, out var text) && text is not null
                ? DateOnly.ParseExact(text, "yyyy-MM-dd")
                : (DateOnly?)null;
        return new(table.Name, remove.Path, table.AddressOf(remove.Path), date, 0, remove.SizeBytes ?? 0, null, null);
    }
}
