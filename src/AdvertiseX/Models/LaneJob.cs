namespace AdvertiseX.Models;

/// <summary>A piece of work of <see cref="Lanes"/>.</summary>
/// <param name="Name">Its own name.</param>
/// <param name="After">Names of those that must have ended before it begins; what is no job here is passed
/// over.</param>
/// <param name="Weight">How long it may take beside others, in any unit, at least 0.</param>
/// <param name="Work">The work; may run a second time if it ran out of memory.</param>
internal sealed record LaneJob(string Name, IReadOnlyCollection<string> After, long Weight, Func<Task> Work);
