namespace AdvertiseX.Cli.Demo;

/// <summary>One comparison of the lake with the generator's truth.</summary>
/// <param name="What">What was compared.</param>
/// <param name="Expected">Things that the truth holds.</param>
/// <param name="Equal">Those that the lake has exactly so.</param>
/// <param name="Unexpected">Things in the lake that the truth does not hold.</param>
internal sealed record TruthFinding(string What, long Expected, long Equal, long Unexpected)
{
    public bool Holds => Expected == Equal && Unexpected == 0;
}
