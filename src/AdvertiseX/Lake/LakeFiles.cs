namespace AdvertiseX.Lake;

/// <summary>The files that hold a table at one ledger version.</summary>
/// <param name="LedgerVersion">Everything that the ledger decided up to it is in, applied or not; nothing later
/// is.</param>
/// <param name="TableVersion">Version of the table.</param>
/// <param name="Files">The files.</param>
internal sealed record LakeFiles(long LedgerVersion, long TableVersion, IReadOnlyList<LakeFile> Files);
