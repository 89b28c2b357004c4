namespace AdvertiseX.Sources;

/// <summary>Where to go on with a stream.</summary>
/// <param name="Stream">Its name in the ledger.</param>
/// <param name="From">The first position not yet processed.</param>
/// <param name="Content">Hash of the content before <paramref name="From"/>, to be fed on with what is read; null for
/// streams that are not known again by their content.</param>
internal readonly record struct StreamStart(string Stream, long From, ContentHash? Content = null);
