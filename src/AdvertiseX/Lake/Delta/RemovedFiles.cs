namespace AdvertiseX.Lake.Delta;

/// <summary>Files that left a table, as far as its log still names them.</summary>
/// <param name="ByPath">The files by path.</param>
/// <param name="KnownSince">Millis since 1970 UTC: every file that left at or after this time is among them.</param>
internal sealed record RemovedFiles(IReadOnlyDictionary<string, RemoveFile> ByPath, long KnownSince)
{
    /// <summary>Whether every file that left at or after <paramref name="time"/> is known.</summary>
    public bool KnowsSince(DateTimeOffset time) => KnownSince <= time.ToUnixTimeMilliseconds();
}
