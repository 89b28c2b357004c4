using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Query;

/// <summary>A query as the command line asked for it.</summary>
/// <param name="Sql">The statement.</param>
/// <param name="Lake">Folder of the lake.</param>
/// <param name="Format">How rows are written.</param>
/// <param name="Output">Absolute path, or null for standard output.</param>
/// <param name="TimeLimit">From the statement's start to its last row.</param>
/// <param name="MemoryMebibytes">Limit of the engine's memory.</param>
internal sealed record QueryRequest(
    string Sql, string Lake, ResultFormat Format, string? Output, TimeSpan TimeLimit, int MemoryMebibytes);
