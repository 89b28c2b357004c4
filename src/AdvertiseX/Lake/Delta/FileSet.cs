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

    // Null for a file of the base that left.
    private readonly ImmutableDictionary<string, AddFile?> _changes;

    /// <param name="files">Files by path, ordinal; nobody may change it any more.</param>
    public FileSet(Dictionary<string, AddFile> files)
        : this(files, NoChanges, files.Count) { }

    private FileSet(Dictionary<string, AddFile> files, ImmutableDictionary<string, AddFile?> changes, int count) =>
        (_base, _changes, Count) = (files, changes, count);

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
            var isThere = changes.TryGetValue(path, out var changed) ? changed is not null : _base.ContainsKey(path);
            count += (file is null ? 0 : 1) - (isThere ? 1 : 0);
            if (file is null && !_base.ContainsKey(path))
                changes.Remove(path);
            else
                changes[path] = file;
        }
        if (changes is null)
            return this;
        return changes.Count > Math.Max(FewestToMerge, _base.Count / ShareToMerge)
            ? new(Merged(changes, count))
            : new(_base, changes.ToImmutable(), count);
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
