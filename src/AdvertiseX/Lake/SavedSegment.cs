namespace AdvertiseX.Lake;

/// <summary>An object of a <see cref="StreamArchive"/> as a saved state names it.</summary>
/// <param name="Key">Its key in the store.</param>
/// <param name="Streams">Positions in it.</param>
internal sealed record SavedSegment(string Key, long Streams);
