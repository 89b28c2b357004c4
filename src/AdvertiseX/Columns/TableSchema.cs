using System.Collections.Frozen;

namespace AdvertiseX.Columns;

/// <summary>Name and columns of a table, in the order in which files hold them. Immutable.</summary>
internal sealed class TableSchema
{
    private readonly FrozenDictionary<string, int> _ordinals;

    public TableSchema(string name, IReadOnlyList<ColumnDefinition> columns)
    {
        Name = name;
        Columns = columns;
        _ordinals = columns
            .Select((c, i) => (c.Name, i))
            .ToFrozenDictionary(p => p.Name, p => p.i, StringComparer.Ordinal);
    }

    public string Name { get; }

    public IReadOnlyList<ColumnDefinition> Columns { get; }

    /// <summary>Position of a column.</summary>
    /// <exception cref="ArgumentException">The table has no such column.</exception>
    public int Ordinal(string column) =>
        _ordinals.TryGetValue(column, out var i) ? i : throw new ArgumentException($"{Name} has no column {column}");

    public bool Has(string column) => _ordinals.ContainsKey(column);
}
