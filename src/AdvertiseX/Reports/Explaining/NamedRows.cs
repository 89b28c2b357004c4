using AdvertiseX.Engines;

namespace AdvertiseX.Reports.Explaining;

/// <summary>The rows of a query with their values by column name. Owns the result.</summary>
internal sealed class NamedRows(QueryResult result) : IDisposable
{
    private readonly Dictionary<string, int> _at = result
        .Columns.Select((column, at) => (column.Name, at))
        .ToDictionary(pair => pair.Name, pair => pair.at, StringComparer.Ordinal);

    public bool Read() => result.Read();

    public string? Text(string column) => result.GetString(_at[column]);

    /// <summary>An integer, or null.</summary>
    public long? Number(string column) => result.IsNull(_at[column]) ? null : result.GetInt64(_at[column]);

    /// <summary>An integer; 0 for null.</summary>
    public long Count(string column) => Number(column) ?? 0;

    public bool Flag(string column) => !result.IsNull(_at[column]) && result.GetBoolean(_at[column]);

    /// <summary>Instant of a column that holds micros since 1970.</summary>
    public DateTimeOffset? Time(string column) =>
        Number(column) is { } micros ? DateTimeOffset.UnixEpoch.AddMicroseconds(micros) : null;

    public DateOnly? Date(string column) => result.IsNull(_at[column]) ? null : result.GetDate(_at[column]);

    public void Dispose() => result.Dispose();
}
