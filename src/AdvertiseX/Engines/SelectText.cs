using System.Text;
using AdvertiseX.DuckDb;

namespace AdvertiseX.Engines;

/// <summary>Whole SELECTs as text: what they name, and how DuckDB is to read them.</summary>
internal static class SelectText
{
    /// <summary>The statement without the semicolon and space behind it, so that it can stand in brackets on lines of
    /// its own.</summary>
    internal static string Inner(string sql) => sql.TrimEnd().TrimEnd(';').TrimEnd();

    /// <summary>Whether the first word is SELECT: common table expressions can then stand before it.</summary>
    internal static bool BeginsWithSelect(string sql)
    {
        var text = sql.AsSpan().TrimStart();
        return text.StartsWith("select", StringComparison.OrdinalIgnoreCase) && text.Length > 6 && !IsOfWord(text[6]);
    }

    /// <summary>Whether a text can hold an identifier: false only where the name stands nowhere in it as a word of its
    /// own.</summary>
    internal static bool MayName(string sql, string name)
    {
        if (name.Contains('"', StringComparison.Ordinal))
            return true;
        for (
            var at = sql.IndexOf(name, StringComparison.OrdinalIgnoreCase);
            at >= 0;
            at = sql.IndexOf(name, at + 1, StringComparison.OrdinalIgnoreCase)
        )
        {
            var end = at + name.Length;
            if ((at == 0 || !IsOfWord(sql[at - 1])) && (end == sql.Length || !IsOfWord(sql[end])))
                return true;
        }

        return false;
    }

    private static bool IsOfWord(char letter) => char.IsLetterOrDigit(letter) || letter == '_';

    /// <summary>
    /// The path as DuckDB's file functions want it: they read * ? [ as a pattern, also where a file has just that name.
    /// </summary>
    internal static string Pattern(string path)
    {
        if (path.AsSpan().IndexOfAny("*?[") < 0)
            return path;
        var text = new StringBuilder();
        foreach (var letter in path)
        {
            if (letter is '*' or '?' or '[')
                text.Append('[').Append(letter).Append(']');
            else
                text.Append(letter);
        }

        return text.ToString();
    }

    /// <summary>
    /// Prepares a statement so that every column can be read: nested types become JSON, other types without vectors
    /// text.
    /// </summary>
    internal static DuckDbStatement PrepareReadable(DuckDbConnection connection, string sql)
    {
        var statement = connection.Prepare(sql);
        var columns = statement.Columns;
        if (statement.Type != DuckDbStatementType.Select || columns.All(column => column.IsReadable))
            return statement;
        statement.Dispose();
        var outer = columns.Select(
            (column, i) =>
                column.IsReadable
                    ? $"c{i} AS {SqlDialect.DuckDb.Name(column.Name)}"
                    : $"{Readable(column.Type, i)} AS {SqlDialect.DuckDb.Name(column.Name)}"
        );
        var inner = Enumerable.Range(0, columns.Count).Select(i => $"c{i}");
        return connection.Prepare(
            $"SELECT {string.Join(", ", outer)} FROM (\n{Inner(sql)}\n) AS q({string.Join(", ", inner)})"
        );
    }

    private static string Readable(DuckDbType type, int column) =>
        type is DuckDbType.List or DuckDbType.Array or DuckDbType.Struct or DuckDbType.Map or DuckDbType.Union
            ? $"CASE WHEN c{column} IS NOT NULL THEN to_json(c{column}) END"
            : $"CAST(c{column} AS VARCHAR)";
}
