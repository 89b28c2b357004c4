using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>What a vacuum removed, or would remove.</summary>
/// <param name="Files">Data files that no reader may want any more.</param>
/// <param name="LogFiles">Commits, checkpoints and left-over temporary files.</param>
/// <param name="DryRun">Nothing was deleted.</param>
public sealed record VacuumReport(IReadOnlyList<StoredObject> Files, IReadOnlyList<StoredObject> LogFiles, bool DryRun)
{
    /// <summary>Bytes of all of them.</summary>
    public long Bytes => Files.Sum(file => file.SizeBytes) + LogFiles.Sum(file => file.SizeBytes);
}
