using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using AdvertiseX.Engines;

namespace AdvertiseX.Tests.Engines;

/// <summary>
/// An engine that is spoken to in Spark's SQL and answers with DuckDB's rows: what Spark's dialect writes is turned
/// back, anything else that DuckDB alone understands is kept in <see cref="Statements"/> for a test to find.
/// </summary>
internal sealed partial class SparkWordsEngine(DuckDbEngine engine) : IQueryEngine
{
    /// <summary>Every text that was given: SELECTs, conditions and expressions of sets.</summary>
    public ConcurrentQueue<string> Statements { get; } = new();

    public string Name => "spark";

    public int Threads => engine.Threads;

    public SqlDialect Dialect => SqlDialect.Spark;

    public Task<IReadOnlyList<WrittenFile>> WriteAsync(
        string select,
        IReadOnlyList<ParquetSet> sets,
        ParquetOutput output,
        CancellationToken cancellation
    ) => engine.WriteAsync(InDuckDb(select), InDuckDb(sets), output, cancellation);

    public Task<QueryResult> ReadAsync(string select, IReadOnlyList<ParquetSet> sets, CancellationToken cancellation) =>
        engine.ReadAsync(InDuckDb(select), InDuckDb(sets), cancellation);

    public void Dispose() { }

    private IReadOnlyList<ParquetSet> InDuckDb(IReadOnlyList<ParquetSet> sets) =>
        [
            .. sets.Select(set =>
                set with
                {
                    Where = set.Where is { } where ? InDuckDb(where) : null,
                    Columns =
                    [
                        .. set.Columns.Select(column =>
                            column.Expression is { } expression
                                ? column with
                                {
                                    Expression = InDuckDb(expression),
                                }
                                : column
                        ),
                    ],
                }
            ),
        ];

    private string InDuckDb(string sql)
    {
        Statements.Enqueue(sql);
        return SqlDialect.DuckDb.Translate(
            SparkWords()
                .Replace(
                    sql,
                    found =>
                        found switch
                        {
                            _ when found.Groups["literal"] is { Success: true } literal => SqlDialect.DuckDb.Text(
                                Unescaped(literal.Value)
                            ),
                            _ when found.Groups["hashed"] is { Success: true } hashed => $"key_hash({hashed.Value})",
                            _ when found.Groups["pairs"] is { Success: true } pairs => $"json_object({pairs.Value})",
                            _ when found.Groups["comment"].Success => found.Value,
                            _ => "as TIMESTAMPTZ)",
                        }
                )
        );
    }

    private static string Unescaped(string literal)
    {
        var text = new StringBuilder();
        for (var i = 0; i < literal.Length; i++)
            text.Append(literal[literal[i] == '\\' ? ++i : i]);
        return text.ToString();
    }

    [GeneratedRegex(
        """
            (?<comment>--[^\n]*)
            | shiftrightunsigned\(xxhash64\((?<hashed>(?:[^()]|\([^()]*\))+)\),[ ]1\)
            | to_json\(named_struct\((?<pairs>[^()]*)\),[ ]map\('ignoreNullFields',[ ]'false'\)\)
            | \bas[ ]TIMESTAMP\)
            | '(?<literal>(?:[^'\\]|\\.)*)'
            """,
        RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex SparkWords();
}
