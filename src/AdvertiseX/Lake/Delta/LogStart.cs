namespace AdvertiseX.Lake.Delta;

/// <summary>Where a reading of a log begins.</summary>
/// <param name="Version">Version of the checkpoint; -1 where the commits are read from the first on.</param>
/// <param name="Content">What the checkpoint holds; null without one.</param>
/// <param name="Last">The last version that a listing showed; -1 where the folder was not listed.</param>
/// <param name="Damage">Why a newer checkpoint could not be read, if there is one.</param>
internal sealed record LogStart<T>(long Version, T? Content, long Last, DeltaException? Damage)
    where T : class
{
    /// <summary>There is no table.</summary>
    public bool IsEmpty { get; init; }
}
