using AdvertiseX.Cli.Configuration;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Query;

/// <summary>A query as the command line asked for it.</summary>
/// <param name="Sql">The statement.</param>
/// <param name="Format">How rows are written.</param>
/// <param name="Settings">Where the lake is, and limits of the engine.</param>
internal sealed record QueryRequest(string Sql, ResultFormat Format, AdxSettings Settings)
{
    /// <summary>Absolute path of the file to write; null for standard output.</summary>
    public string? Output { get; init; }

    /// <summary>From the statement's start to its last row; null for the engine's own limit.</summary>
    public TimeSpan? TimeLimit { get; init; }
}
