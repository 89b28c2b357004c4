using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace AdvertiseX.Lake.Delta;

/// <summary>
/// The live files of a table by path: those of a checkpoint, and the few that came and went since. A set with one more
/// commit shares nearly all of the one before. Immutable.
/// </summary>
internal sealed class FileSet : IReadOnlyDictionary<string, AddFile>
{
    /// <summary>Once so many files changed, or an eighth of all, they are merged into a new base.</summary>
    private const int FewestToMerge = 256;
    private const int ShareToMerge = 8;

    private static readonly ImmutableDictionary<string, AddFile?> NoChanges = ImmutableDictionary.Create<
        string,
        AddFile?
    >(StringComparer.Ordinal);

    public static readonly FileSet Empty = new([]);

    private readonly Dictionary<string, AddFile> _base;
    private volatile FilesByDate? _byDate;

    // Null for a file of the base that left.
    private readonly ImmutableDictionary<string, AddFile?> _changes;

    /// <param name="files">Files by path, ordinal; nobody may change it any more.</param>
    public FileSet(Dictionary<string, AddFile> files)
        : this(files, NoChanges, files.Count) { }

    private FileSet(
        Dictionary<string, AddFile> files,
        ImmutableDictionary<string, AddFile?> changes,
        int count,
        FilesByDate? byDate = null
    ) => (_base, _changes, Count, _byDate) = (files, changes, count, byDate);

    /// <summary>The files by date: made when first asked for, carried on from then.</summary>
    public FilesByDate ByDate => _byDate ??= FilesByDate.Of(Values);

    public int Count { get; }

    public IEnumerable<string> Keys => this.Select(file => file.Key);

    public IEnumerable<AddFile> Values => this.Select(file => file.Value);

    public AddFile this[string key] =>
        TryGetValue(key, out var file) ? file : throw new KeyNotFoundException($"there is no file {key}");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out AddFile value)
    {
        if (_changes.TryGetValue(key, out value))
            return value is not null;
        return _base.TryGetValue(key, out value);
    }

    /// <summary>The set after the commit that holds these actions.</summary>
    public FileSet With(IEnumerable<DeltaAction> actions)
    {
        ImmutableDictionary<string, AddFile?>.Builder? changes = null;
        var (came, went) = (new Dictionary<string, AddFile>(StringComparer.Ordinal), new List<AddFile>());
        var count = Count;
        foreach (var action in actions)
        {
            var (path, file) = action switch
            {
                AddFile add => (add.Path, add),
                RemoveFile remove => (remove.Path, null),
                _ => (null, (AddFile?)null),
            };
            if (path is null)
                continue;
            changes ??= _changes.ToBuilder();
            if (!changes.TryGetValue(path, out var there))
                there = _base.GetValueOrDefault(path);
            count += (file is null ? 0 : 1) - (there is null ? 0 : 1);
            if (there is not null && !came.Remove(path))
                went.Add(there);
            if (file is not null)
                came[path] = file;
            if (file is null && !_base.ContainsKey(path))
                changes.Remove(path);
            else
                changes[path] = file;
        }
        if (changes is null)
            return this;
        var byDate = _byDate?.With(came.Values, went);
        return changes.Count > Math.Max(FewestToMerge, _base.Count / ShareToMerge)
            ? new(Merged(changes, count), NoChanges, count, byDate)
            : new(_base, changes.ToImmutable(), count, byDate);
    }

    public IEnumerator<KeyValuePair<string, AddFile>> GetEnumerator()
    {
        foreach (var file in _base)
            if (_changes.IsEmpty || !_changes.ContainsKey(file.Key))
                yield return file;
        foreach (var (path, file) in _changes)
            if (file is not null)
                yield return new(path, file);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Dictionary<string, AddFile> Merged(ImmutableDictionary<string, AddFile?>.Builder changes, int count)
    {
        var merged = new Dictionary<string, AddFile>(count, StringComparer.Ordinal);
        foreach (var (path, file) in _base)
            if (!changes.ContainsKey(path))
                merged.Add(path, file);
        foreach (var (path, file) in changes)
            if (file is not null)
                merged.Add(path, file);
        return merged;
    }
}
