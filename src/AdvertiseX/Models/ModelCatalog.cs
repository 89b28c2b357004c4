using System.Collections.Frozen;
using AdvertiseX.Columns;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Reference;

namespace AdvertiseX.Models;

/// <summary>All models, each after those that it reads, and the columns of every table that they can read.
/// Immutable.</summary>
internal sealed class ModelCatalog
{
    private const string Prefix = "models/";

    private readonly FrozenDictionary<string, Model> _models;
    private readonly FrozenDictionary<string, IReadOnlyList<ParquetColumn>> _columns;

    /// <exception cref="ModelException">A name is taken or not known, or models read each other in a
    /// circle.</exception>
    public ModelCatalog(IEnumerable<Model> models)
    {
        var given = models.ToDictionary(model => model.Name, StringComparer.Ordinal);
        _models = given.ToFrozenDictionary(StringComparer.Ordinal);
        var columns = FactTables
            .All.Concat(ReferenceTables.All)
            .ToDictionary(
                table => table.Name,
                table => ColumnsOf(DeltaSchema.Of(table).Columns),
                StringComparer.Ordinal
            );
        columns[ZoneOffsets.Name] = ZoneOffsets.Columns;
        columns[TrafficRules.Name] = TrafficRules.Columns;
        foreach (var model in given.Values.Where(model => model.Columns.Count > 0))
        {
            if (!columns.TryAdd(model.Name, ColumnsOf(model.Columns)))
                throw new ModelException($"model {model.Name} has the name of another table");
        }

        _columns = columns.ToFrozenDictionary(StringComparer.Ordinal);
        Ordered = Order(given);
    }

    /// <summary>The models that come with the program.</summary>
    public static ModelCatalog Shipped { get; } = new(ReadShipped());

    /// <summary>Stored models, each after those that it reads.</summary>
    public IReadOnlyList<Model> Ordered { get; }

    /// <summary>Every model, those that are not stored too, by name.</summary>
    public IEnumerable<Model> All => _models.Values.OrderBy(model => model.Name, StringComparer.Ordinal);

    /// <summary>These models and more.</summary>
    /// <exception cref="ModelException">A name is taken or not known, or models read each other in a
    /// circle.</exception>
    public ModelCatalog With(IEnumerable<Model> more) => new([.. _models.Values, .. more]);

    /// <summary>The stored model of that name.</summary>
    /// <exception cref="ModelException">There is none.</exception>
    public Model Find(string name) =>
        _models.TryGetValue(name, out var model) && model.IsStored
            ? model
            : throw new ModelException($"there is no model {name}; there are {string.Join(", ", Ordered)}");

    /// <summary>Whether the name is a model that is not stored: inline or temporary.</summary>
    internal bool IsStaging(string name) => _models.TryGetValue(name, out var model) && !model.IsStored;

    /// <summary>The inline or temporary model of that name.</summary>
    internal Model Staging(string name) => _models[name];

    /// <summary>The staging models of one kind that a model reads, each after those that it reads itself.</summary>
    internal IEnumerable<Model> StagingOf(Model model, ModelRefresh refresh) =>
        model
            .Inputs.Where(input => IsStaging(input.Name))
            .Select(input => Staging(input.Name))
            .SelectMany(staging => StagingOf(staging, refresh).Append(staging))
            .Where(staging => staging.Refresh == refresh)
            .Distinct();

    /// <summary>Names of everything that models can read and whose columns are known.</summary>
    internal IEnumerable<string> TableNames => _columns.Keys.Order(StringComparer.Ordinal);

    /// <summary>Whether models can read a table or set of that name, with columns that are known.</summary>
    internal bool IsTable(string name) => _columns.ContainsKey(name);

    /// <summary>A model's SELECT with the inline models that it reads in front of it.</summary>
    internal string WithInlineModels(Model model)
    {
        var ctes = StagingOf(model, ModelRefresh.Inline)
            .Select(inline => $"{inline.Name} as (\n{inline.Sql}\n)")
            .ToList();
        return ctes.Count == 0
            ? model.Sql
            : $"with {string.Join(",\n", ctes)}\nselect model.* from (\n{model.Sql}\n) as model";
    }

    /// <summary>Columns of a table that models can read.</summary>
    internal IReadOnlyList<ParquetColumn> ColumnsOf(string table) => _columns[table];

    /// <summary>Files of a table that models can read, under a name.</summary>
    internal ParquetSet Set(string name, string table, IEnumerable<string> files)
    {
        var columns = _columns[table];
        return new ParquetSet(name, columns, [.. files])
        {
            PartitionColumn = columns.Any(column => column.Name == LakeTable.PartitionColumn)
                ? LakeTable.PartitionColumn
                : null,
            // Descriptions are a few files, perhaps loaded before a column joined their table.
            FilesMayLackColumns = ReferenceTables.All.Any(each => each.Name == table),
        };
    }

    /// <summary>The stored tables that a model reads, also through staging models.</summary>
    internal IEnumerable<string> TablesOf(Model model) =>
        model
            .Inputs.SelectMany(input => IsStaging(input.Name) ? TablesOf(Staging(input.Name)) : [input.Name])
            .Where(name => name is not (ZoneOffsets.Name or TrafficRules.Name) && !Model.IsOfRun(name))
            .Distinct(StringComparer.Ordinal);

    /// <summary>Whether more than one stored model reads a staging model.</summary>
    internal bool IsShared(Model staging) => Ordered.Count(model => Reads(model, staging.Name)) > 1;

    /// <summary>Whether another model follows a model's table row by row; else it is enough for its readers that it
    /// changed.</summary>
    internal bool AreRowsFollowed(Model model) =>
        Ordered.Any(other => other.Refresh != ModelRefresh.Replace && TablesOf(other).Contains(model.Name));

    /// <summary>Whether a model reads a table or set, also through staging models.</summary>
    internal bool Reads(Model model, string name) =>
        model.Inputs.Any(input => input.Name == name || (IsStaging(input.Name) && Reads(Staging(input.Name), name)));

    /// <summary>The columns of a table that a model depends on, also through staging models; null for all.</summary>
    internal IReadOnlyList<string>? ColumnsRead(Model model, string table)
    {
        var columns = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var input in model.Inputs)
        {
            if (IsStaging(input.Name) && Reads(Staging(input.Name), table))
            {
                if (ColumnsRead(Staging(input.Name), table) is not { } read)
                    return null;
                columns.UnionWith(read);
            }
            else if (input.Name == table)
            {
                if (input.Columns is null)
                    return null;
                columns.UnionWith(input.Columns);
            }
        }

        return [.. columns];
    }

    /// <summary>
    /// A number that changes with the text of a model and of the staging models in it, and with the limits if it reads
    /// them, 0 to 2^63 − 1.
    /// </summary>
    internal long FingerprintOf(Model model, TrafficRules rules)
    {
        var text = TextFingerprintOf(model);
        return Reads(model, TrafficRules.Name) ? Folded(text, (long)(rules.Fingerprint >> 1)) : text;
    }

    private long TextFingerprintOf(Model model) =>
        model
            .Inputs.Where(input => IsStaging(input.Name))
            .Aggregate(model.Fingerprint, (sum, input) => Folded(sum, TextFingerprintOf(Staging(input.Name))));

    private static long Folded(long one, long other) => (long)(StableHash.Fold((ulong)one, (ulong)other) >> 1);

    private static IReadOnlyList<ParquetColumn> ColumnsOf(IEnumerable<DeltaColumn> columns) =>
        [.. columns.Select(column => new ParquetColumn(column.Name, column.SqlType))];

    private static IEnumerable<Model> ReadShipped()
    {
        var assembly = typeof(ModelCatalog).Assembly;
        foreach (
            var resource in assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        )
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return ModelFile.Parse(Path.GetFileNameWithoutExtension(resource), reader.ReadToEnd());
        }
    }

    private IReadOnlyList<Model> Order(Dictionary<string, Model> models)
    {
        var ordered = new List<Model>();
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in models.Keys.Order(StringComparer.Ordinal))
            Visit(models[name]);
        return [.. ordered.Where(model => model.IsStored)];

        void Visit(Model model)
        {
            if (ordered.Contains(model))
                return;
            if (!open.Add(model.Name))
                throw new ModelException($"model {model.Name} reads itself through {string.Join(", ", open)}");
            foreach (var input in model.Inputs.Where(input => !Model.IsOfRun(input.Name)))
            {
                if (models.TryGetValue(input.Name, out var other))
                    Visit(other);
                else if (!_columns.ContainsKey(input.Name))
                    throw new ModelException($"model {model.Name} reads {input.Name}, which is not known");
            }

            ordered.Add(model);
        }
    }
}
