using System.Text.RegularExpressions;

namespace AdvertiseX.Models;

/// <summary>
/// The few words that models need and that engines name differently. Models are written with Spark's; everything else in them is
/// the subset that DuckDB and Spark share. One word is neither's: <c>key_hash(column, …)</c>, 63 bits that differ from engine to engine, for
/// what is compared within a run and never stored.
/// </summary>
internal static partial class SqlDialect
{
    /// <summary>The text as the engine of that name understands it.</summary>
    public static string Translate(string sql, string engine) =>
        engine == "duckdb"
            ? Words().Replace(KeyHashes().Replace(sql, "cast(hash($1) >> 1 as bigint)"), match => InDuckDb(match.Value))
            : KeyHashes().Replace(sql, "shiftrightunsigned(xxhash64($1), 1)");

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

    [GeneratedRegex(@"\bkey_hash\(((?:[^()]|\([^()]*\))+)\)")]
    private static partial Regex KeyHashes();
}
