namespace AdvertiseX.Cli;

/// <summary>How far a piece of work is.</summary>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all; 0 when nobody knows.</param>
/// <param name="Unit">"bytes", or a plural noun.</param>
internal readonly record struct WorkProgress(long Done, long Total, string Unit)
{
    /// <summary>What is still done when all units are, such as "committing"; null before, or for nothing.</summary>
    public string? Ending { get; init; }
}
