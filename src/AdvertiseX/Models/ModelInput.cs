namespace AdvertiseX.Models;

/// <summary>A table or inline model that a model reads.</summary>
/// <param name="Name">Its name, as the SELECT uses it.</param>
internal sealed record ModelInput(string Name)
{
    /// <summary>How long before a computed row its rows matter; null: all of them do.</summary>
    public TimeSpan? LookBack { get; init; }

    /// <summary>The columns that the SELECT depends on: changes of others are none. Null: all.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Of an additive model: its rows are summed, each by itself. Where none says so, the first input is
    /// summed.</summary>
    public bool IsSummed { get; init; }

    /// <summary>
    /// Of an additive model: the column by whose values the rows that are summed are joined with its rows, a column of
    /// both. What a summed row comes to then hangs on the joined rows of its own key, and on no others. Null: where it
    /// changes, everything does.
    /// </summary>
    public string? JoinedBy { get; init; }

    /// <summary>What ties its rows to the rows that are computed; any one is enough.</summary>
    public IReadOnlyList<ModelTie> Ties { get; init; } = [];
}
