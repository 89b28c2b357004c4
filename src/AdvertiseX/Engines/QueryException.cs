using AdvertiseX.DuckDb;

namespace AdvertiseX.Engines;

/// <summary>A query that gave no answer. The message is one line.</summary>
public sealed class QueryException : Exception
{
    public QueryException(QueryFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    public QueryFailure Failure { get; }

    /// <summary>Whether a failure says that a file was deleted before it was read.</summary>
    internal static bool IsOfGoneFile(Exception failure) =>
        failure is FileNotFoundException or QueryException { Failure: QueryFailure.FileGone };

    internal static QueryException TimedOut(TimeSpan? limit, Exception? inner = null) =>
        new(QueryFailure.TimedOut, $"the query took longer than {limit?.TotalSeconds:0.###} s", inner);

    internal static QueryException From(DuckDbException error) =>
        FailureOf(error) is var failure && failure == QueryFailure.FileGone
            ? new(
                failure,
                $"{OneLine(error.Message)}; a file that was merged or replaced while it was read is deleted in time: the same command reads the newest",
                error
            )
            : new(failure, OneLine(error.Message), error);

    private static QueryFailure FailureOf(DuckDbException error) =>
        error.Kind switch
        {
            "Permission" when IsGoneBehindLock(error.Message) => QueryFailure.FileGone,
            "Parser" or "Syntax" or "Catalog" or "Binder" or "Not implemented" or "Invalid Input" =>
                QueryFailure.WrongSql,
            "Conversion" or "Out of Range" or "Mismatch Type" or "Divide by Zero" => QueryFailure.BadValue,
            "Permission" => QueryFailure.NotAllowed,
            "Out of Memory" => QueryFailure.OutOfMemory,
            "IO" when IsGone(error.Message) => QueryFailure.FileGone,
            _ => QueryFailure.Failed,
        };

    private static bool IsGone(string text) =>
        text.Contains("No files found that match the pattern", StringComparison.Ordinal)
        || text.Contains("No such file or directory", StringComparison.Ordinal);

    // A file that is gone is looked for as a folder of files, which is not among what a locked-down instance may read.
    private static bool IsGoneBehindLock(string text) =>
        text.Contains(".parquet/**/*.parquet\"", StringComparison.Ordinal);

    /// <summary>DuckDB's text without the excerpt of the statement, which it puts on lines of its own with a
    /// caret.</summary>
    private static string OneLine(string text)
    {
        var excerpt = text.IndexOf("\nLINE ", StringComparison.Ordinal);
        var lines = (excerpt >= 0 ? text[..excerpt] : text).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
        );
        return string.Join(' ', lines);
    }
}
