using System.Text.RegularExpressions;

namespace AdvertiseX.Engines;

/// <summary>
/// Spark's SQL: names in backticks; in literals a backslash begins an escape
/// (<c>spark.sql.parser.escapedStringLiterals</c> is false). Spark puts values of its settings in place of
/// <c>${name}</c> anywhere in a statement (<c>spark.sql.variable.substitute</c>): a literal keeps the two letters
/// apart, a name cannot.
/// </summary>
internal sealed partial class SparkDialect : SqlDialect
{
    /// <exception cref="ArgumentException">The name holds <c>${</c>, which no quotes keep from being
    /// replaced.</exception>
    public override string Name(string name) =>
        name.Contains("${", StringComparison.Ordinal)
            ? throw new ArgumentException(
                $"the name {name} cannot be written in Spark's SQL: it holds ${{",
                nameof(name)
            )
            : $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    public override string Text(string text) =>
        "'"
        + text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("'", "\\'", StringComparison.Ordinal)
            .Replace("${", "$\\{", StringComparison.Ordinal)
        + "'";

    public override string List(IEnumerable<string> texts) => $"array({Texts(texts)})";

    public override string NameOf(SqlType type) =>
        type switch
        {
            SqlType.Text => "STRING",
            SqlType.Int64 => "BIGINT",
            SqlType.Int32 => "INT",
            SqlType.Boolean => "BOOLEAN",
            SqlType.Double => "DOUBLE",
            SqlType.Date => "DATE",
            SqlType.Timestamp => "TIMESTAMP",
            SqlType.Binary => "BINARY",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Spark has no name for it."),
        };

    // Nulls are left out of objects unless this is said.
    public override string JsonObject(IEnumerable<string> columns) =>
        $"to_json(named_struct({string.Join(", ", columns.Select(column => $"{Text(column)}, {column}"))}), map('ignoreNullFields', 'false'))";

    public override string Translate(string sql) =>
        Words()
            .Replace(
                sql,
                found =>
                    found.Groups["hashed"] is { Success: true } hashed
                        ? $"shiftrightunsigned(xxhash64({Translate(hashed.Value)}), 1)"
                        : found.Value
            );

    [GeneratedRegex(
        """
            '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" | `(?:[^`]|``)*` | --[^\n]* | /\*.*?\*/
            | \bkey_hash\((?<hashed>(?:[^()]|\([^()]*\))+)\)
            """,
        RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Words();
}
