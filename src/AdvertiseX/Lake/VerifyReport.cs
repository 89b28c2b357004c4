namespace AdvertiseX.Lake;

/// <summary>What a verification looked at and found.</summary>
/// <param name="Problems">What does not hold; empty for a sound lake.</param>
/// <param name="Tables">Tables looked at, the ledger among them.</param>
/// <param name="Files">Live files looked at.</param>
/// <param name="Rows">Rows in them.</param>
/// <param name="LedgerRows">Rows of the ledger.</param>
/// <param name="Streams">Streams in the ledger.</param>
/// <param name="UnnamedFiles">Parquet files that no log names: left by interrupted runs, harmless, gone with the next
/// vacuum.</param>
/// <param name="UnhashedFiles">Live files whose writer noted no hash: of their content only size, footer and rows were
/// checked. 0 for a quick verification, which compares no hashes.</param>
/// <param name="Remarks">What is allowed, or does no harm, and is worth knowing.</param>
public sealed record VerifyReport(
    IReadOnlyList<VerifyProblem> Problems,
    int Tables,
    int Files,
    long Rows,
    long LedgerRows,
    int Streams,
    int UnnamedFiles,
    int UnhashedFiles,
    IReadOnlyList<VerifyProblem> Remarks
)
{
    /// <summary>Nothing was found.</summary>
    public bool Holds => Problems.Count == 0;
}
