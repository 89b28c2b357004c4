using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;
using AdvertiseX.DuckDb;

namespace AdvertiseX.Engines;

/// <summary>
/// Decides whether a statement only reads, from the syntax tree of DuckDB's own parser (json_serialize_sql, which knows
/// nothing but SELECTs: FROM, VALUES, DESCRIBE, SHOW, SUMMARIZE and PIVOT … IN are such too). The type of a statement
/// alone is not enough: EXPLAIN ANALYZE runs a COPY, and table functions such as enable_logging and enable_profiling
/// write files from inside a SELECT, are not held by lock_configuration, and with a path that is not allowed bring the
/// process down.
/// </summary>
internal static partial class UserSqlGuard
{
    private const string Allowed =
        "only one statement that reads is allowed here: SELECT, WITH, FROM, VALUES, DESCRIBE, SHOW, SUMMARIZE, PIVOT … ON … IN (…), EXPLAIN";

    // query and query_table are left out: their text would be another statement that nobody looked at.
    private static readonly FrozenSet<string> TableFunctions = new[]
    {
        "range",
        "generate_series",
        "unnest",
        "repeat",
        "repeat_row",
        "json_each",
        "json_tree",
        "summary",
        "histogram",
        "histogram_values",
        "read_parquet",
        "parquet_scan",
        "parquet_schema",
        "parquet_metadata",
        "parquet_file_metadata",
        "parquet_kv_metadata",
        "duckdb_columns",
        "duckdb_tables",
        "duckdb_views",
        "duckdb_functions",
        "duckdb_types",
        "duckdb_keywords",
        "duckdb_settings",
        "duckdb_memory",
        "duckdb_temporary_files",
        "pragma_version",
        "pragma_table_info",
        "pragma_show",
        "pg_timezone_names",
        "icu_calendar_names",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The statement to run: <paramref name="sql"/>, or an EXPLAIN put together again.</summary>
    /// <exception cref="QueryException">It does not parse, or does more than read.</exception>
    internal static UserStatement Check(DuckDbConnection connection, string sql)
    {
        var explain = ExplainPrefix().Match(sql);
        if (!explain.Success)
        {
            Inspect(connection, sql);
            return new UserStatement(SelectText.Inner(sql), IsExplain: false);
        }

        // What runs is the prefix as read here and the rest as inspected: nothing can hide between two ways of reading
        // them.
        var analyze = explain.Groups["analyze"].Success ? "ANALYZE " : "";
        var options = explain.Groups["options"].Success ? explain.Groups["options"].Value + " " : "";
        var rest = sql[explain.Length..];
        Inspect(connection, rest);
        return new UserStatement($"EXPLAIN {analyze}{options}\n{SelectText.Inner(rest)}", IsExplain: true);
    }

    private static void Inspect(DuckDbConnection connection, string sql)
    {
        using var tree = ReadTree(connection, sql, Allowed);
        foreach (var element in ObjectsOf(tree.RootElement))
        {
            if (
                element.TryGetProperty("type", out var type)
                && type.ValueKind == JsonValueKind.String
                && type.ValueEquals("TABLE_FUNCTION")
            )
                RefuseUnknown(element.GetProperty("function").GetProperty("function_name").GetString() ?? "");
        }
    }

    /// <summary>The syntax tree of one statement that reads.</summary>
    /// <exception cref="QueryException">It does not parse, or is not one statement that reads;
    /// <paramref name="allowed"/> says what is.</exception>
    internal static JsonDocument ReadTree(DuckDbConnection connection, string sql, string allowed)
    {
        // The tree nests as deep as the SQL, which DuckDB's parser bounds.
        var tree = JsonDocument.Parse(Tree(connection, sql), new JsonDocumentOptions { MaxDepth = 100_000 });
        var root = tree.RootElement;
        if (root.GetProperty("error").GetBoolean())
        {
            var text = root.GetProperty("error_message").GetString() ?? "";
            throw root.GetProperty("error_type").GetString() == "not implemented"
                ? new QueryException(QueryFailure.NotAllowed, allowed)
                : QueryException.From(new DuckDbException($"Parser Error: {text}"));
        }

        return root.GetProperty("statements").GetArrayLength() switch
        {
            0 => throw new QueryException(QueryFailure.WrongSql, "there is no statement"),
            > 1 => throw new QueryException(QueryFailure.NotAllowed, allowed),
            _ => tree,
        };
    }

    /// <summary>Every object of a tree, itself included.</summary>
    internal static IEnumerable<JsonElement> ObjectsOf(JsonElement root)
    {
        // A stack of its own: a tree as deep as its text allows must not end the process.
        var open = new Stack<JsonElement>();
        open.Push(root);
        while (open.TryPop(out var element))
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in element.EnumerateArray())
                    open.Push(item);
            }
            else if (element.ValueKind == JsonValueKind.Object)
            {
                yield return element;
                foreach (var property in element.EnumerateObject())
                    open.Push(property.Value);
            }
        }
    }

    private static byte[] Tree(DuckDbConnection connection, string sql)
    {
        using var statement = connection.Prepare("SELECT json_serialize_sql(CAST(? AS VARCHAR))");
        using var result = statement.Bind(1, sql).Query();
        var rows = result.Rows();
        rows.Read();
        return rows.GetBytes(0).ToArray();
    }

    private static void RefuseUnknown(string function)
    {
        if (!TableFunctions.Contains(function))
            throw new QueryException(QueryFailure.NotAllowed, $"the table function {function} is not allowed here");
    }

    private const string Space = @"(\s|--[^\n]*\n|/\*[^*]*\*/)*";

    // Space and comments, then EXPLAIN, then ANALYZE or options in brackets (not a SELECT in brackets).
    [GeneratedRegex(
        @"\A"
            + Space
            + @"EXPLAIN\b"
            + Space
            + @"((?<analyze>ANALYZE\b)|(?<options>\(\s*(ANALYZE|FORMAT)\b[\w\s,]*\)))?",
        RegexOptions.IgnoreCase
            | RegexOptions.CultureInvariant
            | RegexOptions.ExplicitCapture
            | RegexOptions.NonBacktracking
    )]
    private static partial Regex ExplainPrefix();
}
