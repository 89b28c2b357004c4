namespace AdvertiseX.DuckDb;

/// <summary>An error of DuckDB, with its own text.</summary>
internal sealed class DuckDbException : Exception
{
    public DuckDbException(string message)
        : base(message)
    {
        var end = message.IndexOf(" Error:", StringComparison.Ordinal);
        Kind = end is > 0 and < 40 ? message[..end] : "";
    }

    /// <summary>DuckDB's own class of error, the words before "Error:" ("Parser", "Catalog", "INTERRUPT"); empty if
    /// none.</summary>
    public string Kind { get; }

    /// <summary>The statement was stopped by <see cref="DuckDbConnection.Interrupt"/>.</summary>
    public bool IsInterrupted => Kind.Equals("INTERRUPT", StringComparison.OrdinalIgnoreCase);

    /// <summary>A limit of memory or of spilling space was met.</summary>
    public bool IsOutOfMemory => Kind.Equals("Out of Memory", StringComparison.OrdinalIgnoreCase);
}
