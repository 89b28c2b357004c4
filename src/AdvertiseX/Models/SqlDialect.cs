using System.Text.RegularExpressions;

namespace AdvertiseX.Models;

/// <summary>
/// The few functions that models need and that engines name differently. Models are written with Spark's names; everything else
/// in them is the subset that DuckDB and Spark share.
/// </summary>
internal static partial class SqlDialect
{
    /// <summary>
    /// The text as the engine of that name understands it. <c>key_hash(column)</c> is a hash of 63 bits, another in each engine: for
    /// what is compared within one run and never stored.
    /// </summary>
    public static string Translate(string sql, string engine) =>
        engine == "duckdb"
            ? KeyHashes().Replace(Functions().Replace(sql, match => match.Value == "unix_micros(" ? "epoch_us(" : "make_timestamptz("), "cast(hash($1) >> 1 as bigint)")
            : KeyHashes().Replace(sql, "shiftrightunsigned(xxhash64($1), 1)");

    [GeneratedRegex(@"\b(unix_micros|timestamp_micros)\(", RegexOptions.ExplicitCapture)]
    private static partial Regex Functions();

    [GeneratedRegex(@"\bkey_hash\(([a-z_.]+)\)")]
    private static partial Regex KeyHashes();
}
