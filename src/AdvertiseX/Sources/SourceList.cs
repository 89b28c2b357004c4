namespace AdvertiseX.Sources;

/// <summary>What was found: files that hold feeds, in the order in which they are taken, and files that do
/// not.</summary>
public sealed class SourceList
{
    private readonly List<FileSource> _sources = [];
    private readonly List<SkippedFile> _skipped = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>Files that were identified one by one (<see cref="SourceCatalog.Identify"/>), in the order given, each
    /// once.</summary>
    public SourceList(IEnumerable<FileSource> sources)
    {
        foreach (var source in sources)
            Add(source);
    }

    /// <summary>Files that hold feeds.</summary>
    public IReadOnlyList<FileSource> Sources => _sources;

    /// <summary>Files met in folders that hold none.</summary>
    public IReadOnlyList<SkippedFile> Skipped => _skipped;

    /// <summary>Adds a file unless it is there: named twice, or also met in a folder.</summary>
    internal void Add(FileSource source)
    {
        if (_paths.Add(source.Path))
            _sources.Add(source);
    }

    internal void Skip(SkippedFile file) => _skipped.Add(file);
}
