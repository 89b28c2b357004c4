namespace AdvertiseX.Lake;

/// <summary>One commit in a table's history.</summary>
/// <param name="Version">Version of the table.</param>
/// <param name="Time">When, UTC, as its writer said.</param>
/// <param name="Operation">Such as WRITE, OPTIMIZE, CREATE TABLE.</param>
/// <param name="RowsAdded">Rows of the files that joined.</param>
/// <param name="FilesAdded">Files that joined.</param>
/// <param name="FilesRemoved">Files that left.</param>
/// <param name="LedgerVersion">For an applied batch, the ledger version that decided it.</param>
/// <param name="Engine">Who wrote it.</param>
internal sealed record TableCommit(
    long Version,
    DateTimeOffset Time,
    string Operation,
    long RowsAdded,
    int FilesAdded,
    int FilesRemoved,
    long? LedgerVersion,
    string? Engine
);
