using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>
/// A user's models: files of the same language as ours in a folder and those below it. They run with the program's
/// rights, so each is checked before it does: one SELECT that reads the inputs it declares and no file, and gives the
/// columns it declares.
/// </summary>
internal static class OwnModels
{
    private const int MaxFiles = 1_000;
    private const int MaxFileBytes = 1 << 20;

    // Names that a run gives to sets of its own.
    private static readonly string[] TakenByRuns =
    [
        "written",
        "fresh",
        "old",
        "due",
        "found",
        "changed",
        "led",
        "came",
        "went",
        "model",
        "spans",
        "differing",
        "merged",
    ];

    /// <summary>The shipped models with those of a folder.</summary>
    /// <param name="directory">The folder; <c>*.sql</c> in it and up to four folders down.</param>
    /// <exception cref="ModelException">A file is wrong; the text names it, what is wrong and what is
    /// allowed.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ModelCatalog Load(string directory) => Load(directory, ModelCatalog.Shipped);

    /// <summary>As <see cref="Load(string)"/>, beside other models than the shipped ones.</summary>
    internal static ModelCatalog Load(string directory, ModelCatalog shipped)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var own = new List<Model>();
        foreach (var file in FilesOf(directory))
        {
            var name = NameOf(file, files, shipped);
            var model = ModelFile.Parse(name, File.ReadAllText(file), file);
            RequireHeader(model, file);
            files.Add(name, file);
            own.Add(model with { Sql = SelectText.Inner(model.Sql) });
        }

        foreach (var model in own)
            RequireInputs(model, files[model.Name], own, shipped);
        ModelCatalog catalog;
        try
        {
            catalog = shipped.With(own);
        }
        catch (ModelException wrong)
        {
            throw new ModelException($"{directory}: {wrong.Message}");
        }

        using var check = new SelectCheck();
        foreach (var model in own)
            RequireSql(model, files[model.Name], catalog, check);
        return catalog;
    }

    private static List<string> FilesOf(string directory)
    {
        if (!Directory.Exists(directory))
            throw new ModelException($"{directory}: no such folder of models");
        var depth = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = 4,
            IgnoreInaccessible = false,
        };
        var files = Directory
            .EnumerateFiles(directory, "*.sql", depth)
            .Take(MaxFiles + 1)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (files.Count == 0)
            throw new ModelException($"{directory}: no model in it; a model is a file NAME.sql");
        if (files.Count > MaxFiles)
            throw new ModelException($"{directory}: more than {MaxFiles} files");
        var large = files.Find(file => new FileInfo(file).Length > MaxFileBytes);
        return large is null ? files : throw new ModelException($"{large}: longer than {MaxFileBytes} bytes");
    }

    private static string NameOf(string file, Dictionary<string, string> files, ModelCatalog shipped)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        if (!ModelFile.IsName(name))
            throw new ModelException(
                $"{file}: '{name}' is no name of a table: a to z, 0 to 9 and _ are allowed, a letter first, at most 100 characters"
            );
        if (files.TryGetValue(name, out var other))
            throw new ModelException($"{file}: {other} makes the model {name}, too");
        if (shipped.All.Any(model => model.Name == name))
            throw new ModelException($"{file}: a model that comes with adx has the name {name}; choose another");
        if (shipped.IsTable(name) || name is IngestLedger.TableName or RestatementTable.Name or DoubledRows.Name)
            throw new ModelException($"{file}: {name} is the name of another table; choose another");
        if (
            TakenByRuns.Contains(name)
            || Model.IsOfRun(name)
            || name.StartsWith("added_", StringComparison.Ordinal)
            || name.StartsWith("removed_", StringComparison.Ordinal)
        )
            throw new ModelException(
                $"{file}: the name {name} is taken; names like due_…, new_…, kept_…, added_…, removed_…, {string.Join(", ", TakenByRuns)} are"
            );
        return name;
    }

    private static void RequireHeader(Model model, string file)
    {
        var columns = model.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        if (model.Grain.FirstOrDefault(column => columns.Count > 0 && !columns.ContainsKey(column)) is { } unknown)
            throw new ModelException(
                $"{file}: grain names '{unknown}', which is no column; columns are {string.Join(", ", columns.Keys)}"
            );
        if (columns.TryGetValue(LakeTable.PartitionColumn, out var date) && date.Type != DeltaType.Date)
            throw new ModelException(
                $"{file}: the column {date.Name} is {date.Type.ToString().ToLowerInvariant()}; a table is partitioned by it, so it must be date"
            );
        switch (model.Refresh)
        {
            case ModelRefresh.Additive:
                if (!model.Grain.Contains(LakeTable.PartitionColumn))
                    throw new ModelException(
                        $"{file}: an additive model needs {LakeTable.PartitionColumn} in its grain, the date of the events summed: erased events take the sums of their dates along"
                    );
                var other = model.Columns.FirstOrDefault(column =>
                    !model.Grain.Contains(column.Name)
                    && column.Type is not (DeltaType.Long or DeltaType.Integer or DeltaType.Double)
                );
                if (other is not null)
                    throw new ModelException(
                        $"{file}: the column {other.Name} of an additive model is neither in its grain nor a number; long, integer and double can be summed"
                    );
                break;
            case ModelRefresh.Keyed when !columns.ContainsKey(LakeTable.PartitionColumn):
                throw new ModelException(
                    $"{file}: a keyed model needs a column {LakeTable.PartitionColumn} date, that of its rows"
                );
            case ModelRefresh.Keyed when model.RowKey is { } key && !columns.ContainsKey(key):
                throw new ModelException(
                    $"{file}: rows or groups name the key '{key}', which is no column; columns are {string.Join(", ", columns.Keys)}"
                );
            case ModelRefresh.Keyed when model.GroupSpan == ModelGroupSpan.Minute && !columns.ContainsKey("event_time"):
                throw new ModelException($"{file}: groups of a minute need the column event_time");
        }
    }

    private static void RequireInputs(Model model, string file, List<Model> own, ModelCatalog shipped)
    {
        foreach (var input in model.Inputs)
        {
            var table = CanRead(model, input) ? Model.TableBehind(input.Name) : input.Name;
            var known = ColumnsOf(table, own, shipped);
            if (known is null && shipped.All.All(each => each.Name != table))
                throw new ModelException(
                    $"{file}: the input '{input.Name}' is not known; there are {string.Join(", ", Readable(own, shipped))}"
                );
            var named = (input.Columns ?? [])
                .Concat(input.JoinedBy is { } key ? [key] : [])
                .Concat(input.Ties.Select(tie => tie.Through is null ? tie.InputColumn : tie.RowColumn))
                .Concat(input.Ties.Select(tie => tie.Also).OfType<string>())
                .Concat(model.GroupSpan == ModelGroupSpan.Minute && input.Ties.Count > 0 ? ["event_time"] : []);
            if (known is { Count: > 0 } && named.FirstOrDefault(column => !known.Contains(column)) is { } unknown)
                throw new ModelException(
                    $"{file}: the input {input.Name} has no column '{unknown}'; it has {string.Join(", ", known)}"
                );
        }

        if (
            model.Joined is { } joined
            && model.Summed.All(summed => ColumnsOf(summed.Name, own, shipped)?.Contains(joined.JoinedBy!) != true)
        )
            throw new ModelException(
                $"{file}: {joined.Name} is joined by '{joined.JoinedBy}', which no input that is summed has for a column"
            );
        if (!model.IsStored && own.All(each => each.Inputs.All(input => input.Name != model.Name)))
            throw new ModelException(
                $"{file}: refresh is {(model.Refresh == ModelRefresh.Inline ? "missing" : "temporary")}, so nothing is stored, and no other model reads it; additive, keyed and replace are stored"
            );
    }

    private static List<string>? ColumnsOf(string table, List<Model> own, ModelCatalog shipped) =>
        own.Find(each => each.Name == table)?.Columns.Select(column => column.Name).ToList()
        ?? (shipped.IsTable(table) ? [.. shipped.ColumnsOf(table).Select(column => column.Name)] : null);

    private static IEnumerable<string> Readable(List<Model> own, ModelCatalog shipped) =>
        shipped
            .TableNames.Concat(shipped.All.Concat(own).Select(model => model.Name))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    private static void RequireSql(Model model, string file, ModelCatalog catalog, SelectCheck check)
    {
        try
        {
            var names = model.Inputs.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
            if (model.Refresh == ModelRefresh.Keyed)
                names.UnionWith(model.Inputs.Select(input => Model.DuePrefix + input.Name));
            check.RequireReadsOnly(SqlDialect.DuckDb.Translate(model.Sql), names);
            var given = check.ColumnsOf(
                SqlDialect.DuckDb.Translate(catalog.WithInlineModels(model)),
                SetsOf(model, catalog)
            );
            RequireColumns(model, file, given);
            foreach (var rule in model.Checks)
            {
                var written = new ParquetSet("written", catalog.ColumnsOf(model.Name), []);
                check.RequireReadsOnly(rule.CountOfOffences, new HashSet<string> { "written" });
                check.ColumnsOf(rule.CountOfOffences, [written]);
            }
        }
        catch (QueryException wrong)
        {
            throw new ModelException($"{file}: {wrong.Message}");
        }
    }

    private static void RequireColumns(Model model, string file, IReadOnlyList<string> given)
    {
        if (model.Columns.Count == 0)
            return;
        var declared = model.Columns.Select(column => column.Name).ToList();
        if (declared.Find(column => !given.Contains(column)) is { } missing)
            throw new ModelException(
                $"{file}: the SELECT gives no column '{missing}', which the header names; it gives {string.Join(", ", given)}"
            );
        if (given.FirstOrDefault(column => !declared.Contains(column)) is { } more)
            throw new ModelException(
                $"{file}: the SELECT gives a column '{more}', which the header does not name; it names {string.Join(", ", declared)}"
            );
    }

    /// <summary>What the SELECT sees; of an input only the columns that the model says it depends on.</summary>
    private static List<ParquetSet> SetsOf(Model model, ModelCatalog catalog)
    {
        var sets = catalog.TableNames.ToDictionary(
            name => name,
            name => new ParquetSet(name, catalog.ColumnsOf(name), []),
            StringComparer.Ordinal
        );
        foreach (var input in model.Inputs)
        {
            if (sets.TryGetValue(Model.TableBehind(input.Name), out var table))
            {
                foreach (var name in (string[])[Model.DuePrefix + table.Name, input.Name])
                    sets[name] = table with { Name = name };
            }

            // An inline model that reads the same table sees all of it.
            if (
                input.Columns is not null
                && sets.TryGetValue(input.Name, out var whole)
                && !catalog.StagingOf(model, ModelRefresh.Inline).Any(inline => catalog.Reads(inline, input.Name))
            )
                sets[input.Name] = whole with
                {
                    Columns = [.. whole.Columns.Where(column => input.Columns.Contains(column.Name))],
                };
        }

        return [.. sets.Values];
    }

    /// <summary>
    /// Whether a run gives a model such rows: a keyed model, and a staging model in it, those that are due; one that is
    /// computed group by group also those that are new, of what it reads, and those that are kept, of itself.
    /// </summary>
    private static bool CanRead(Model model, ModelInput input)
    {
        if (input.Name.StartsWith(Model.DuePrefix, StringComparison.Ordinal))
            return !model.IsStored || model.Refresh == ModelRefresh.Keyed;
        return model.IsByGroup
            && (
                input.Name == Model.KeptPrefix + model.Name
                || model.Inputs.Any(other => other.Ties.Count > 0 && input.Name == Model.NewPrefix + other.Name)
            );
    }
}
