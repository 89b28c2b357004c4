namespace AdvertiseX.Deduplication;

/// <summary>Which files some known keys are of: those with rows of these ledger versions, and those of which nobody
/// knows the versions.</summary>
/// <param name="First">First version.</param>
/// <param name="Last">Last version.</param>
internal readonly record struct KeyOrigin(long First, long Last)
{
    public bool MayBeIn(AskedFile file) => file.FirstVersion <= Last && First <= file.LastVersion;
}
