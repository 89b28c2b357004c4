using System.Text.RegularExpressions;

namespace AdvertiseX.Models;

/// <summary>
/// The few words that models need and that engines name differently. Models are written with Spark's; everything else in them is
/// the subset that DuckDB and Spark share.
/// </summary>
internal static partial class SqlDialect
{
    /// <summary>The text as the engine of that name understands it.</summary>
    public static string Translate(string sql, string engine) => engine == "duckdb" ? Words().Replace(sql, match => InDuckDb(match.Value)) : sql;

    private static string InDuckDb(string word) => word switch
    {
        "unix_micros(" => "epoch_us(",
        "timestamp_micros(" => "make_timestamptz(",
        // Whole numbers of up to 38 digits: DuckDB's decimals of that width cannot be multiplied or divided.
        "decimal(38, 0)" => "hugeint",
        _ => " // ",
    };

    [GeneratedRegex(@"\b(unix_micros|timestamp_micros)\(|\bdecimal\(38, 0\)| div ", RegexOptions.ExplicitCapture)]
    private static partial Regex Words();
}
