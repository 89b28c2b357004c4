namespace AdvertiseX.Sources;

/// <summary>What was found: files that hold feeds, in the order in which they are taken, and files that do
/// not.</summary>
public sealed class SourceList
{
    private readonly List<FileSource> _sources = [];
    private readonly List<SkippedFile> _skipped = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    public IReadOnlyList<FileSource> Sources => _sources;

    public IReadOnlyList<SkippedFile> Skipped => _skipped;

    /// <summary>Adds a file unless it is there: named twice, or also met in a folder.</summary>
    internal void Add(FileSource source)
    {
        if (_paths.Add(source.Path))
            _sources.Add(source);
    }

    internal void Skip(SkippedFile file) => _skipped.Add(file);
}
