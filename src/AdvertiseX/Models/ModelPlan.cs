using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>What a run of one model would do, on which versions of its inputs. Immutable.</summary>
internal sealed record ModelPlan
{
    public required Model Model { get; init; }

    public required ModelPlanKind Kind { get; init; }

    /// <summary>Why, for people.</summary>
    public required string Reason { get; init; }

    /// <summary>What changed outside of the models, for people; known once the models that it reads were run.</summary>
    public IReadOnlyList<string> Causes { get; init; } = [];

    /// <summary>It runs for its own sake, whatever its inputs did: for the first time, on demand, or as it is another
    /// model now.</summary>
    public bool IsOfItsOwn { get; init; }

    /// <summary>Of the text and the limits that this run goes by (<see cref="ModelCatalog.FingerprintOf"/>).</summary>
    public required long Fingerprint { get; init; }

    /// <summary>The model's table as it stands; null when the lake has none.</summary>
    public DeltaSnapshot? Table { get; init; }

    public required IReadOnlyList<InputState> Inputs { get; init; }

    /// <summary>The fingerprint of the text that made the table; -1 when nothing did yet.</summary>
    public long Definition => Table?.TransactionOf(DefinitionIdOf(Model)) ?? -1;

    /// <summary>
    /// The table has other columns than the model: an earlier version made it. Its columns and all its files are then
    /// replaced in one commit, so that every file of a snapshot has the columns that the snapshot names.
    /// </summary>
    public bool ChangesColumns =>
        Table is { Version: >= 0 } table
        && !(
            table.Schema.Columns.SequenceEqual(Model.Columns)
            && table.Metadata.PartitionColumns.SequenceEqual(Model.PartitionColumns)
        );

    /// <summary>The application id under which a model's table records how much of an input it holds.</summary>
    public static string AppIdOf(Model model, string input) => AppIdOf(model.Name, input);

    /// <summary>The same by the model's name.</summary>
    public static string AppIdOf(string model, string input) => $"{DefinitionIdOf(model)}:{input}";

    /// <summary>The application id under which a table of partial sums records that one of them is beyond 64 bits: 1,
    /// as long as it is so. What is taken off such a sum would not leave what it should.</summary>
    public static string BeyondIdOf(Model model) => $"beyond:{model.Name}";

    /// <summary>Whether partial sums of the table are beyond 64 bits.</summary>
    public bool IsBeyond => Table?.TransactionOf(BeyondIdOf(Model)) == 1;

    /// <summary>The application id under which a model's table records the text that made it.</summary>
    public static string DefinitionIdOf(Model model) => DefinitionIdOf(model.Name);

    /// <summary>The same by the model's name.</summary>
    public static string DefinitionIdOf(string model) => $"model:{model}";

    public InputState Input(string table) => Inputs.First(input => input.Table == table);

    /// <summary>Whether a file that this plan reads was deleted, as it is in no newest version of its table any more:
    /// a new plan does without.</summary>
    /// <exception cref="DeltaException">A log is damaged.</exception>
    public async ValueTask<bool> HasLostFilesAsync(DataLake lake, CancellationToken cancellation)
    {
        var reads = Inputs
            .SelectMany(input => input.Files.Concat(input.Added).Concat(input.Removed))
            .Select(file => (file.Table, file.Path))
            .Concat(Table?.Files.Keys.Select(path => (Table: Model.Name, Path: path)) ?? []);
        foreach (var table in reads.Distinct().GroupBy(file => file.Table, file => file.Path))
        {
            var source = lake.Table(table.Key);
            var live = (await source.Delta.RefreshAsync(cancellation)).Files;
            foreach (var path in table.Where(path => !live.ContainsKey(path)))
                if (await lake.Store.FindAsync(source.KeyOf(path), cancellation) is null)
                    return true;
        }
        return false;
    }

    /// <summary>Whether the table still stands where this plan began: nobody else covered the same inputs.</summary>
    public bool StillHolds(DeltaSnapshot table) =>
        table.TransactionOf(DefinitionIdOf(Model)) == Definition
        && Inputs.All(input => table.TransactionOf(AppIdOf(Model, input.Table)) == input.Consumed);
}
