using AdvertiseX.Columns;
using AdvertiseX.Keys;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Keys;

namespace AdvertiseX.Lake;

/// <summary>
/// Sidecars of a mart's files, with the key columns that its model declares: which rows have a key is read from pages
/// of them, not from a column (<c>docs/decisions/056-keys-of-marts.md</c>). A missing one is made when it is asked for.
/// </summary>
internal sealed class MartKeys
{
    private const long PageBytes = 16L << 20;

    private readonly DataLake _lake;
    private readonly TableSchema _schema;

    /// <param name="lake">The lake.</param>
    /// <param name="table">The mart.</param>
    /// <param name="columns">Its key columns.</param>
    public MartKeys(DataLake lake, string table, IEnumerable<string> columns)
    {
        _lake = lake;
        _schema = new TableSchema(
            table,
            [.. columns.Select(name => new ColumnDefinition(name, ColumnType.Int64) { Random = true })]
        );
    }

    /// <summary>Writes the sidecars of new files.</summary>
    /// <exception cref="DeltaException">A file is damaged.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task WriteAsync(IReadOnlyList<StagedFile> files, CancellationToken cancellation)
    {
        foreach (var file in files)
            await KeySidecar.MakeAsync(_lake.Store, _lake.Engine, _schema, file.Path, cancellation);
    }

    /// <summary>Rows of a file that may have one of some keys, ascending: a key that begins like one of them is not
    /// told apart.</summary>
    /// <param name="column">Which keys.</param>
    /// <param name="path">Path of the file, relative to the table's folder.</param>
    /// <param name="wanted">The keys.</param>
    /// <param name="cancellation">Stops before a sidecar is made.</param>
    /// <exception cref="DeltaException">The file is damaged.</exception>
    /// <exception cref="IOException">The file is not there, or the store failed.</exception>
    public async Task<IReadOnlyList<long>> RowsOfAsync(
        string column,
        string path,
        IEnumerable<long> wanted,
        CancellationToken cancellation
    )
    {
        using var open = new OpenKeyFiles(_lake.Store, PageBytes);
        using var keys = SortedKeys.Of([.. wanted.Distinct().Select(key => SortedKeys.EntryOf(key, 0))]);
        var reader = new SidecarReader(_lake.Store, _lake.Engine, _schema, open, column);
        return await reader.ReadAsync(path, sets => RowsOf(sets, keys), cancellation);
    }

    private static List<long> RowsOf(IReadOnlyList<KeySet> sets, SortedKeys keys)
    {
        var rows = new SortedSet<long>();
        var matches = new List<KeyMatch>();
        foreach (var set in sets)
        {
            matches.Clear();
            set.Match(keys.Entries, matches);
            foreach (var match in matches)
                for (var i = 0; i < match.Count; i++)
                    rows.Add(set.RowAt(match.Rank + i));
        }

        return [.. rows];
    }
}
