namespace AdvertiseX.Lake;

/// <summary>What a verification looked at and found.</summary>
/// <param name="Problems">What does not hold; empty for a sound lake.</param>
/// <param name="Tables">Tables looked at, the ledger among them.</param>
/// <param name="Files">Live files looked at.</param>
/// <param name="Rows">Rows in them.</param>
/// <param name="LedgerRows">Rows of the ledger.</param>
/// <param name="Streams">Streams in the ledger.</param>
/// <param name="UnnamedFiles">Files that no log names: left by interrupted runs, harmless, gone with the next
/// vacuum.</param>
public sealed record VerifyReport(
    IReadOnlyList<VerifyProblem> Problems,
    int Tables,
    int Files,
    long Rows,
    long LedgerRows,
    int Streams,
    int UnnamedFiles
)
{
    /// <summary>Nothing was found.</summary>
    public bool Holds => Problems.Count == 0;
}
