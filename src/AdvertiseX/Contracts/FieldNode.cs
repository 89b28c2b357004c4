using System.Text;

namespace AdvertiseX.Contracts;

/// <summary>
/// A node of the tree of source paths that a contract knows: the root's children are top-level keys or CSV headers,
/// theirs are keys of nested records. Names match after folding: ASCII case is ignored, '-' and ' ' are read as '_'.
/// Immutable once the contract is compiled; thread-safe to read.
/// </summary>
internal sealed class FieldNode
{
    private readonly List<FieldNode> _children = [];
    private readonly Dictionary<string, FieldNode> _byName = new(StringComparer.Ordinal);

    internal FieldNode(string name, string path)
    {
        Name = name;
        Path = path;
        Utf8Name = Encoding.UTF8.GetBytes(name);
    }

    /// <summary>Folded name of this level.</summary>
    public string Name { get; }

    /// <summary>Folded dotted path from the root, empty for the root.</summary>
    public string Path { get; }

    /// <summary>UTF-8 of <see cref="Name"/>.</summary>
    public byte[] Utf8Name { get; }

    /// <summary>Slot that a scalar (or a whole object, if there are no children) found here goes to; −1 =
    /// none.</summary>
    public int Slot { get; internal set; } = -1;

    /// <summary>Rank among the spellings of the same slot, 0 = first choice.</summary>
    public byte Rank { get; internal set; }

    /// <summary>An array found here makes one row for each of its elements, which share the rest of the
    /// record.</summary>
    public bool Explodes { get; internal set; }

    public IReadOnlyList<FieldNode> Children => _children;

    public bool HasChildren => _children.Count > 0;

    /// <summary>The child of a name as a source spells it, or null.</summary>
    public FieldNode? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > 256)
            return null;
        Span<char> folded = stackalloc char[name.Length];
        for (var i = 0; i < name.Length; i++)
        {
            var b = name[i];
            if (b >= 0x80)
                return Find(Encoding.UTF8.GetString(name));
            folded[i] = FoldChar((char)b);
        }

        return _byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(folded, out var node) ? node : null;
    }

    public FieldNode? Find(string name) => _byName.GetValueOrDefault(Fold(name));

    /// <summary>A dotted path as contracts compare it: case and the separators '-', '_' and blank make no
    /// difference.</summary>
    public static string Normalize(string path) => Fold(path);

    internal static string Fold(string name) =>
        string.Create(
            name.Length,
            name,
            (span, source) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = FoldChar(source[i]);
            }
        );

    internal FieldNode Child(string name)
    {
        var folded = Fold(name);
        if (_byName.TryGetValue(folded, out var child))
            return child;
        child = new FieldNode(folded, Path.Length == 0 ? folded : Path + "." + folded);
        _children.Add(child);
        _byName.Add(folded, child);
        return child;
    }

    private static char FoldChar(char c) =>
        c switch
        {
            >= 'A' and <= 'Z' => (char)(c | 0x20),
            '-' or ' ' => '_',
            _ => c,
        };
}
