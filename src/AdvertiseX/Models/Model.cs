using AdvertiseX.Columns;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>One SELECT of <c>models/**.sql</c> with what its header declares. Immutable.</summary>
internal sealed record Model
{
    /// <summary>Name of the file, and of the table that it makes.</summary>
    public required string Name { get; init; }

    /// <summary>First words of the header, for people.</summary>
    public required string Description { get; init; }

    public required ModelRefresh Refresh { get; init; }

    /// <summary>The columns whose values tell two rows apart.</summary>
    public required IReadOnlyList<string> Grain { get; init; }

    /// <summary>Everything that it reads, <see cref="Rows"/> included.</summary>
    public required IReadOnlyList<ModelInput> Inputs { get; init; }

    /// <summary>Of an additive model, the inputs whose rows are summed: those that say so, else the first. The others
    /// describe them.</summary>
    internal IReadOnlyList<ModelInput> Summed =>
        Inputs.Any(input => input.IsSummed) ? [.. Inputs.Where(input => input.IsSummed)] : [Inputs[0]];

    /// <summary>
    /// Of an additive model: it sums rows that may leave their table again, one by one
    /// (<c>docs/decisions/034-rows-that-come-and-go.md</c>). Else its inputs are facts, and what leaves is a date's.
    /// </summary>
    internal bool TakesAway => Inputs.Any(input => input.IsSummed);

    /// <summary>Of an additive model that <see cref="TakesAway"/>, the input that the summed rows are joined with by a
    /// key; null for none.</summary>
    internal ModelInput? Joined => Inputs.FirstOrDefault(input => input.JoinedBy is not null);

    /// <summary>
    /// Of a keyed model, the input for whose rows it computes its own; null if it computes its rows group by group. Its
    /// SELECT reads those that are due, with rows before them that its ties to itself name, as <c>due_…</c>.
    /// </summary>
    public ModelInput? Rows { get; init; }

    /// <summary>
    /// Of a keyed model, the column that holds the <c>event_key</c> of the row of <see cref="Rows"/>; without such rows
    /// the column that its inputs' rows and its own are grouped by (<see cref="GroupSpan"/>). Then its SELECTs read the
    /// rows of the groups that are due as <c>due_…</c>, of every input that is tied.
    /// </summary>
    public string? RowKey { get; init; }

    /// <summary>Of a keyed model whose rows follow from chains of events that share <see cref="RowKey"/>, how; else
    /// null.</summary>
    public ModelChains? Chains { get; init; }

    /// <summary>Of a model that is computed group by group, the time of one key that is a group.</summary>
    public ModelGroupSpan GroupSpan { get; init; }

    /// <summary>The table's columns in their order; none for an inline model.</summary>
    public required IReadOnlyList<DeltaColumn> Columns { get; init; }

    public required IReadOnlyList<ModelCheck> Checks { get; init; }

    /// <summary>Changes of rows that were there before are logged cell by cell
    /// (<see cref="RestatementLog"/>).</summary>
    public bool PublishesCells { get; init; }

    /// <summary>Columns of keys that every file of its table has sorted beside it
    /// (<see cref="Lake.MartKeys"/>).</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Whether it is computed group by group: a keyed model without rows of an input or chains.</summary>
    internal bool IsByGroup => Refresh == ModelRefresh.Keyed && RowKey is not null && Rows is null && Chains is null;

    /// <summary>Prefix of the input that holds the rows which are due.</summary>
    internal const string DuePrefix = "due_";

    /// <summary>Prefix of the input that holds the rows which came since the last run; none where everything is
    /// computed.</summary>
    internal const string NewPrefix = "new_";

    /// <summary>
    /// Prefix, before the model's own name, of the input that holds what its table has of the groups which are due;
    /// none where everything is computed, or where rows went from what it reads.
    /// </summary>
    internal const string KeptPrefix = "kept_";

    private static readonly string[] s_prefixes = [DuePrefix, NewPrefix, KeptPrefix];

    /// <summary>Whether a name is that of rows which only a run knows, by their prefix.</summary>
    internal static bool IsOfRun(string name) =>
        s_prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The table of which a run knows the rows of that name; for other names the name.</summary>
    internal static string TableBehind(string name) =>
        IsOfRun(name) ? name[(name.IndexOf('_', StringComparison.Ordinal) + 1)..] : name;

    /// <summary>The SELECT, in the SQL that the engines share (<see cref="Engines.SqlDialect.Translate"/>).</summary>
    public required string Sql { get; init; }

    /// <summary>Whether its files are partitioned by <c>event_date</c>.</summary>
    public bool IsPartitioned => Columns.Any(column => column.Name == Lake.LakeTable.PartitionColumn);

    /// <summary>The columns by which its files are partitioned.</summary>
    internal IReadOnlyList<string> PartitionColumns => IsPartitioned ? [Lake.LakeTable.PartitionColumn] : [];

    /// <summary>Whether it makes a table of the lake.</summary>
    public bool IsStored => Refresh is not (ModelRefresh.Inline or ModelRefresh.Temporary);

    /// <summary>The entries of its header as they are written: rows that another look-back, key or check let through
    /// are not those of this model.</summary>
    public IReadOnlyList<string> Header { get; init; } = [];

    /// <summary>A number that changes with the model's text, its description excepted; 0 to 2^63 − 1.</summary>
    public long Fingerprint =>
        (long)(StableHash.Hash64(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', Header.Append(Sql)))) >> 1);

    public override string ToString() => Name;
}
