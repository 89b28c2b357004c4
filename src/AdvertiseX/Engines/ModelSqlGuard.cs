using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;
using AdvertiseX.DuckDb;

namespace AdvertiseX.Engines;

/// <summary>
/// Decides whether a model's SELECT reads its declared inputs and nothing else, from the syntax tree of DuckDB's own
/// parser. It runs later where files can be opened, so a table's name must not be one that DuckDB takes for a file
/// ('x.csv', or the parts x.csv without quotes), and functions that read files are out. Functions whose value is
/// another at each run are out too: a model that is not refreshed must still be right.
/// </summary>
internal static partial class ModelSqlGuard
{
    private static readonly FrozenSet<string> TableFunctions = new[]
    {
        "range",
        "generate_series",
        "unnest",
        "json_each",
        "json_tree",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> OtherAtEachRun = new[]
    {
        "now",
        "current_date",
        "current_time",
        "current_timestamp",
        "get_current_time",
        "get_current_timestamp",
        "localtime",
        "localtimestamp",
        "current_localtime",
        "current_localtimestamp",
        "transaction_timestamp",
        "today",
        "random",
        "setseed",
        "uuid",
        "uuidv4",
        "uuidv7",
        "gen_random_uuid",
        "nextval",
        "currval",
        "getvariable",
        "current_setting",
        "txid_current",
        "current_connection_id",
        "current_query",
        "current_query_id",
        "current_transaction_id",
        "pg_backend_pid",
        "write_log",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="QueryException">It does not parse, or does more.</exception>
    internal static void Check(DuckDbConnection connection, string sql, IReadOnlySet<string> tables)
    {
        using var tree = UserSqlGuard.ReadTree(connection, sql, "a model is one SELECT");
        var named = new HashSet<string>(tables, StringComparer.OrdinalIgnoreCase);
        foreach (var element in UserSqlGuard.ObjectsOf(tree.RootElement))
        {
            if (element.TryGetProperty("cte_map", out var ctes))
                named.UnionWith(NamesOf(ctes));
        }

        foreach (var element in UserSqlGuard.ObjectsOf(tree.RootElement))
            Require(element, named, tables);
    }

    private static void Require(JsonElement element, HashSet<string> named, IReadOnlySet<string> tables)
    {
        switch (TextOf(element, "type"))
        {
            case "BASE_TABLE":
                RequireNamed(element, named, tables);
                break;
            case "SHOW_REF":
                throw NotAllowed("DESCRIBE, SHOW and SUMMARIZE are");
            case "TABLE_FUNCTION":
                var function = TextOf(element.GetProperty("function"), "function_name") ?? "";
                if (!TableFunctions.Contains(function))
                    throw NotAllowed($"the table function {function} is");
                break;
            case "COLUMN_REF"
                when element.GetProperty("column_names") is { ValueKind: JsonValueKind.Array } parts
                    && parts.GetArrayLength() == 1:
                RequireSteady(parts[0].GetString() ?? "");
                break;
        }

        if (TextOf(element, "class") == "FUNCTION")
            RequireSteady(TextOf(element, "function_name") ?? "");
    }

    private static void RequireNamed(JsonElement table, HashSet<string> named, IReadOnlySet<string> tables)
    {
        var name = TextOf(table, "table_name") ?? "";
        var isQualified =
            !string.IsNullOrEmpty(TextOf(table, "schema_name")) || !string.IsNullOrEmpty(TextOf(table, "catalog_name"));
        if (isQualified || !named.Contains(name))
            throw new QueryException(
                QueryFailure.NotAllowed,
                $"it reads '{name}', which the header does not name as an input; inputs are {string.Join(", ", tables.Order(StringComparer.Ordinal))}"
            );
    }

    private static void RequireSteady(string function)
    {
        if (OtherAtEachRun.Contains(function))
            throw new QueryException(
                QueryFailure.NotAllowed,
                $"{function} is not allowed: its value is another at each run, and not known from the inputs"
            );
    }

    private static IEnumerable<string> NamesOf(JsonElement ctes)
    {
        foreach (var cte in ctes.GetProperty("map").EnumerateArray())
        {
            var name = cte.GetProperty("key").GetString() ?? "";
            // Where such a name is out of scope, DuckDB would take it for a file's.
            if (!PlainName().IsMatch(name))
                throw NotAllowed($"'{name}' as the name of a subquery is");
            yield return name;
        }
    }

    private static QueryException NotAllowed(string what) =>
        new(QueryFailure.NotAllowed, $"{what} not allowed in a model");

    private static string? TextOf(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex PlainName();
}
