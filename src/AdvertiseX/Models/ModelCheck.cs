namespace AdvertiseX.Models;

/// <summary>What must hold for the rows of a model before they are committed.</summary>
/// <param name="Text">As the header has it, for messages.</param>
/// <param name="CountOfOffences">A SELECT with one number, over a set named <c>written</c>: 0 when it holds.</param>
internal sealed record ModelCheck(string Text, string CountOfOffences)
{
    /// <summary>What a row offends by on its own, where that is all there is to count; null where rows are looked at
    /// together.</summary>
    internal string? OffendingRow { get; private init; }

    /// <summary>No row may be so.</summary>
    internal static ModelCheck OfRows(string text, string offending) =>
        new(text, $"select count(*) from written where {offending}")
        {
            // Whoever asks other rows too is asked apart: not every engine takes a query inside of an aggregate.
            OffendingRow = offending.Contains("select", StringComparison.OrdinalIgnoreCase) ? null : offending,
        };

    /// <summary>One SELECT of one row with the number of each check's offences, in their order: rows are read once for
    /// all that look at each alone.</summary>
    internal static string CountsOf(IReadOnlyList<ModelCheck> checks)
    {
        var counts = checks.Select(
            (check, i) =>
                check.OffendingRow is null ? $"({check.CountOfOffences}\n) as check_{i}" : $"each_row.check_{i}"
        );
        var ofRows = checks
            .Select((check, i) => (check.OffendingRow, i))
            .Where(each => each.OffendingRow is not null)
            .Select(each => $"count(*) filter (where {each.OffendingRow}\n) as check_{each.i}")
            .ToList();
        var from = ofRows.Count == 0 ? "" : $"\nfrom (select {string.Join(", ", ofRows)} from written) as each_row";
        return $"select {string.Join(", ", counts)}{from}";
    }
}
