namespace AdvertiseX.Reports.Explaining;

/// <summary>What a model's table was made from (docs/decisions/023).</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="Version">Its newest version, which was read.</param>
/// <param name="Inputs">Its inputs: the version that it holds, and the newest there is.</param>
/// <param name="Stale">Why it is behind its inputs; null when it is not.</param>
internal sealed record TableOrigin(
    string Table,
    long Version,
    IReadOnlyList<(string Table, long Consumed, long Newest)> Inputs,
    string? Stale
);
