namespace AdvertiseX.Models;

/// <summary>
/// A model whose rows follow from events that share a key and lie close together, and which has rows for few of the
/// keys: for what is out of the ordinary (<c>docs/decisions/027-chains.md</c>).
/// </summary>
/// <param name="Reach">Events of a key further apart than this belong to different chains, unless others lie between
/// them.</param>
/// <param name="Screen">
/// A temporary model that lists the keys that may have rows of the model by what is in the inputs that have the key
/// themselves; keys that other inputs lead to are added. It sees the rows of some dates, and of twice
/// <paramref name="Reach"/> around them; a key too many does no harm.
/// </param>
internal sealed record ModelChains(TimeSpan Reach, string Screen);
