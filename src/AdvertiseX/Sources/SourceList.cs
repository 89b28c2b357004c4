namespace AdvertiseX.Sources;

/// <summary>What was found: files that hold feeds, in the order in which they are taken, and files that do not.</summary>
public sealed class SourceList
{
    private readonly List<FileSource> _sources = [];
    private readonly List<SkippedFile> _skipped = [];

    public IReadOnlyList<FileSource> Sources => _sources;

    public IReadOnlyList<SkippedFile> Skipped => _skipped;

    internal void Add(FileSource source) => _sources.Add(source);

    internal void Skip(SkippedFile file) => _skipped.Add(file);
}
