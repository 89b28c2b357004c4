using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Query;

/// <summary>A query as the command line asked for it.</summary>
/// <param name="Sql">The statement.</param>
/// <param name="Lake">Folder of the lake.</param>
/// <param name="Format">How rows are written.</param>
internal sealed record QueryRequest(string Sql, string Lake, ResultFormat Format)
{
    /// <summary>Absolute path of the file to write; null for standard output.</summary>
    public string? Output { get; init; }

    /// <summary>From the statement's start to its last row.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Limit of the engine's memory.</summary>
    public int MemoryMebibytes { get; init; } = 384;
}
