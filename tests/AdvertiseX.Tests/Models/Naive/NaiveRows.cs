using System.Globalization;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Reports;

namespace AdvertiseX.Tests.Models.Naive;

/// <summary>Rows of a stored table, column by column as text; a table that nobody filled has none.</summary>
internal sealed class NaiveRows(IReadOnlyList<string> columns, QueryResult result)
{
    private readonly Dictionary<string, int> _places = columns
        .Select((name, i) => (name, i))
        .ToDictionary(each => each.name, each => each.i);

    // Names come again and again: one text for each saves memory for millions of rows.
    private readonly Dictionary<string, string> _texts = [];

    /// <summary>Walks over the rows; the object is the same for each.</summary>
    public static async IAsyncEnumerable<NaiveRows> ReadAsync(
        IQueryEngine engine,
        DataLake lake,
        string table,
        IReadOnlyList<string> columns,
        string rest = ""
    )
    {
        if (lake.Tables.All(each => each.Name != table))
            yield break;
        var cells = columns.Select(column => $"cast({column} as varchar)");
        using var result = await engine.ReadAsync(
            $"select {string.Join(", ", cells)} from {table} {rest}",
            LakeSets.Of(lake),
            default
        );
        var rows = new NaiveRows(columns, result);
        while (result.Read())
            yield return rows;
    }

    public string? Text(string column)
    {
        if (result.GetString(_places[column]) is not { } text)
            return null;
        if (_texts.TryGetValue(text, out var known))
            return known;
        if (_texts.Count < 100_000)
            _texts.Add(text, text);
        return text;
    }

    public long? Number(string column) =>
        result.GetString(_places[column]) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>The whole row; what is not there is empty.</summary>
    public string Line() => string.Join(" | ", columns.Select((_, i) => result.GetString(i) ?? ""));

    public bool? Flag(string column) => result.GetString(_places[column]) is { } text ? text == "true" : null;
}
