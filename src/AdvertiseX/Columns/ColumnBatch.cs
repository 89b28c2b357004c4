namespace AdvertiseX.Columns;

/// <summary>
/// Rows of one table, column by column, in pooled native memory. A writer reserves, sets a row's values and then counts
/// the row with <see cref="AddRow"/>, or takes it back with <see cref="ClearRow"/>. Owned by one thread at a time;
/// disposing gives the memory back.
/// </summary>
internal sealed class ColumnBatch : IDisposable
{
    private const int FirstCapacity = 1024;
    private readonly Column[] _columns;

    public ColumnBatch(TableSchema schema, int capacity = FirstCapacity)
    {
        Schema = schema;
        _columns = new Column[schema.Columns.Count];
        for (var i = 0; i < _columns.Length; i++)
            _columns[i] = Create(schema.Columns[i]);
        Reserve(capacity);
    }

    public TableSchema Schema { get; }

    public int Rows { get; private set; }

    public int Capacity { get; private set; }

    public Column this[int ordinal] => _columns[ordinal];

    public Column this[string name] => _columns[Schema.Ordinal(name)];

    public IReadOnlyList<Column> Columns => _columns;

    /// <summary>Bytes of all values held, for sizing a commit unit.</summary>
    public long UsedBytes
    {
        get
        {
            long sum = 0;
            foreach (var column in _columns)
                sum += column.UsedBytes(Rows);
            return sum;
        }
    }

    public FixedColumn<long> Int64(string name) => (FixedColumn<long>)this[name];

    public FixedColumn<int> Int32(string name) => (FixedColumn<int>)this[name];

    public FixedColumn<byte> Boolean(string name) => (FixedColumn<byte>)this[name];

    public TextColumn Text(string name) => (TextColumn)this[name];

    public DictionaryColumn Dictionary(string name) => (DictionaryColumn)this[name];

    /// <summary>Makes room for <paramref name="rows"/> rows in all.</summary>
    public void Reserve(int rows)
    {
        if (rows <= Capacity)
            return;
        var capacity = Math.Max(rows, Capacity * 2);
        foreach (var column in _columns)
            column.Reserve(capacity);
        Capacity = capacity;
    }

    /// <summary>Makes room for <paramref name="rows"/> rows in all, texts included, if they go on like those of
    /// <paramref name="sample"/>, a batch of the same schema.</summary>
    public void Reserve(int rows, ColumnBatch sample)
    {
        Reserve(rows);
        for (var i = 0; i < _columns.Length; i++)
            _columns[i].ReserveText(sample._columns[i], (double)rows / sample.Rows);
    }

    /// <summary>Counts the row at <see cref="Rows"/>, whose values were set, and makes room for one more.</summary>
    public void AddRow()
    {
        Rows++;
        if (Rows == Capacity)
            Reserve(Rows + 1);
    }

    /// <summary>Counts rows whose values were set, for which <see cref="Reserve(int)"/> made room.</summary>
    public void AddRows(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Capacity - Rows);
        Rows += rows;
    }

    /// <summary>Makes every value of the row null; for a row that turned out bad before <see cref="AddRow"/>.</summary>
    public void ClearRow(int row)
    {
        foreach (var column in _columns)
            column.ClearRow(row);
    }

    /// <summary>Takes back the rows from <paramref name="rows"/> on. Their texts stay in memory until the batch
    /// goes.</summary>
    public void Truncate(int rows)
    {
        while (Rows > rows)
            ClearRow(--Rows);
    }

    /// <summary>Copies all rows of a batch of the same schema to the end of this one.</summary>
    public void Append(ColumnBatch source)
    {
        if (!ReferenceEquals(source.Schema, Schema))
            throw new ArgumentException("batches of different tables");
        Reserve(Rows + source.Rows + 1);
        for (var i = 0; i < _columns.Length; i++)
            _columns[i].CopyFrom(source._columns[i], source.Rows, Rows);
        Rows += source.Rows;
    }

    public void Dispose()
    {
        foreach (var column in _columns)
            column.Dispose();
        Rows = 0;
    }

    private static Column Create(ColumnDefinition definition) =>
        definition.Type switch
        {
            ColumnType.Int64 or ColumnType.Timestamp => new FixedColumn<long>(definition),
            ColumnType.Int32 or ColumnType.Date => new FixedColumn<int>(definition),
            ColumnType.Boolean => new FixedColumn<byte>(definition),
            ColumnType.Text or ColumnType.Binary => new TextColumn(definition),
            ColumnType.Dictionary => new DictionaryColumn(definition),
            _ => throw new ArgumentOutOfRangeException(nameof(definition)),
        };
}
