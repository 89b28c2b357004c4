namespace AdvertiseX.Engines;

/// <summary>The SQL that makes a <see cref="ParquetSet"/> a view, or a common table expression, in DuckDB.</summary>
internal static class ParquetView
{
    private static readonly SqlDialect Sql = SqlDialect.DuckDb;

    internal static string Create(ParquetSet set, bool temporary) =>
        $"CREATE {(temporary ? "TEMP " : "")}VIEW {Sql.Name(set.Name)} AS {Select(set)}";

    // Read where it is named, with the filters of that place, as a view is.
    internal static string CommonTable(ParquetSet set) => $"{Sql.Name(set.Name)} AS NOT MATERIALIZED ({Select(set)})";

    private static string Select(ParquetSet set)
    {
        if (set.Files.Count == 0)
            return Empty(set);
        var columns = set.Columns.Select(c =>
            $"CAST({c.Expression ?? Sql.Name(c.Name)} AS {Sql.NameOf(c.Type)}) AS {Sql.Name(c.Name)}"
        );
        // Under a typed empty relation: a column that no file at all has is then null instead of unknown.
        var rows = set.FilesMayLackColumns ? $"(({Empty(set)}) UNION ALL BY NAME FROM {Read(set)})" : Read(set);
        return $"SELECT {string.Join(", ", columns)} FROM {rows}{(set.Where is { } where ? $" WHERE {where}" : "")}";
    }

    private static string Empty(ParquetSet set)
    {
        var columns = set.Columns.Select(c => $"CAST(NULL AS {Sql.NameOf(c.Type)}) AS {Sql.Name(c.Name)}");
        return $"SELECT {string.Join(", ", columns)} WHERE false";
    }

    private static string Read(ParquetSet set)
    {
        var hive = set.PartitionColumn is { } name
            ? $"hive_partitioning = true, hive_types = {{{Sql.Text(name)}: {TypeOf(set, name)}}}"
            : "hive_partitioning = false";
        var union = set.FilesMayLackColumns ? ", union_by_name = true" : "";
        var files = set.Files.Select(path => new FileInfo(path)).ToList();
        RequireFiles(files);
        return $"read_parquet({Sql.List(TypicalFirst(set.Files, files).Select(SelectText.Pattern))}, {hive}{union})";
    }

    // A link leads to what nobody put into the table, perhaps out of the lake; a pipe or a device would be waited for.
    // What is not there, or not on this machine's disks, is the engine's to say.
    private static void RequireFiles(List<FileInfo> files)
    {
        foreach (var file in files)
        {
            if (file.Attributes != Absent && file.Attributes.HasFlag(FileAttributes.ReparsePoint))
                throw new QueryException(
                    QueryFailure.Failed,
                    $"{file.FullName} is a symbolic link to {file.LinkTarget}, which is not followed; put the file itself in its place"
                );
            if (file.Exists && file.Length == 0)
                throw new QueryException(
                    QueryFailure.Failed,
                    $"{file.FullName} is empty or not a regular file; put the file itself in its place"
                );
        }
    }

    // What FileInfo says of a path under which nothing is.
    private const FileAttributes Absent = (FileAttributes)(-1);

    // DuckDB takes a table for as many rows as its first file has, times its files. Where late data left small files
    // beside large ones, that is wrong by a factor of a hundred if a small one is first, and joins then keep the large
    // side in memory. First is the smallest file of at least average size. Sizes of files that are not on this
    // machine's disks are not asked for: their order stays.
    private static IEnumerable<string> TypicalFirst(IReadOnlyList<string> files, List<FileInfo> found)
    {
        if (files.Count < 2)
            return files;
        var sizes = found.ConvertAll(file => file.Exists ? file.Length : 0);
        var average = sizes.Average();
        var first = Enumerable.Range(0, files.Count).Where(i => sizes[i] >= average).MinBy(i => sizes[i]);
        return files.Take(first).Prepend(files[first]).Concat(files.Skip(first + 1));
    }

    private static string TypeOf(ParquetSet set, string name) =>
        set.Columns.Where(column => column.Name == name).Select(column => Sql.NameOf(column.Type)).FirstOrDefault()
        ?? throw new ArgumentException(
            $"the partition column {name} of {set.Name} is not among its columns",
            nameof(set)
        );
}
