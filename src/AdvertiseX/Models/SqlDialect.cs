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
        engine == "duckdb" ? Functions().Replace(sql, match => match.Value == "unix_micros(" ? "epoch_us(" : "make_timestamptz(") : sql;

    [GeneratedRegex(@"\b(unix_micros|timestamp_micros)\(", RegexOptions.ExplicitCapture)]
    private static partial Regex Functions();
}
