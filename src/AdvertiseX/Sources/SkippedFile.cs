namespace AdvertiseX.Sources;

/// <summary>A file met while walking a folder that is none of the feeds.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Reason">What was seen instead.</param>
public sealed record SkippedFile(string Path, string Reason);
