using System.Text.RegularExpressions;

namespace AdvertiseX.Models;

/// <summary>
/// The few functions that models need and that engines name differently. Models are written with Spark's names; everything else
/// in them is the subset that DuckDB and Spark share.
/// </summary>
internal static partial class SqlDialect
{
    /// <summary>The text as the engine of that name understands it.</summary>
    public static string Translate(string sql, string engine) =>
        engine == "duckdb" ? Functions().Replace(sql, match => InDuckDb(match.Value)) : sql;

    private static string InDuckDb(string function) => function switch
    {
        "unix_micros(" => "epoch_us(",
        "timestamp_micros(" => "make_timestamptz(",
        // Another hash: it only divides rows into portions.
        _ => "hash(",
    };

    [GeneratedRegex(@"\b(unix_micros|timestamp_micros|xxhash64)\(", RegexOptions.ExplicitCapture)]
    private static partial Regex Functions();
}
