using System.Text.RegularExpressions;

namespace AdvertiseX.Engines;

/// <summary>DuckDB's SQL: backslashes are letters, and a quote is doubled.</summary>
internal sealed partial class DuckDbDialect : SqlDialect
{
    public override string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public override string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    public override string List(IEnumerable<string> texts) => $"[{Texts(texts)}]";

    public override string NameOf(SqlType type) =>
        type switch
        {
            SqlType.Text => "VARCHAR",
            SqlType.Int64 => "BIGINT",
            SqlType.Int32 => "INTEGER",
            SqlType.Boolean => "BOOLEAN",
            SqlType.Double => "DOUBLE",
            SqlType.Date => "DATE",
            SqlType.Timestamp => "TIMESTAMPTZ",
            SqlType.Binary => "BLOB",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "DuckDB has no name for it."),
        };

    public override string JsonObject(IEnumerable<string> columns) =>
        $"json_object({string.Join(", ", columns.Select(column => $"{Text(column)}, {column}"))})";

    public override string Translate(string sql) => Words().Replace(sql, OwnWord);

    private string OwnWord(Match found) =>
        found switch
        {
            _ when found.Groups["verbatim"].Success => found.Value,
            _ when found.Groups["hashed"] is { Success: true } hashed =>
                $"cast(hash({Translate(hashed.Value)}) >> 1 as bigint)",
            _ => found.Value switch
            {
                "unix_micros(" => "epoch_us(",
                "timestamp_micros(" => "make_timestamptz(",
                "unix_date(" => "datediff('day', date '1970-01-01', ",
                // Whole numbers of up to 38 digits: DuckDB's decimals of that width cannot be multiplied or divided.
                "decimal(38, 0)" => "hugeint",
                _ => " // ",
            },
        };

    [GeneratedRegex(
        """
            (?<verbatim> \bE'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*" | \$(?<tag>(?:[A-Za-z_]\w*)?)\$.*?\$\k<tag>\$ | --[^\n]* | /\*.*?\*/)
            | \bkey_hash\((?<hashed>(?:[^()]|\([^()]*\))+)\)
            | \b(unix_micros|timestamp_micros|unix_date)\(
            | \bdecimal\(38,[ ]0\)
            | [ ]div[ ]
            """,
        RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Words();
}
