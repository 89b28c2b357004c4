namespace AdvertiseX.Sources;

/// <summary>A file that is none of the feeds, or broke off while it was read.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Reason">What was seen instead, without the path.</param>
public sealed record SkippedFile(string Path, string Reason);
