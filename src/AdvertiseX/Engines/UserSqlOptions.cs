using AdvertiseX.Configuration;

namespace AdvertiseX.Engines;

/// <summary>Limits of SQL that a user typed.</summary>
public sealed record UserSqlOptions
{
    [Options]
    public DuckDbEngineOptions Limits { get; init; } = new();

    /// <summary>From the start of a statement until its result is disposed; null for no limit.</summary>
    [Option("seconds", 0.001, 7 * 86_400)]
    public TimeSpan? TimeLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest statement.</summary>
    [Option("characters", 1, int.MaxValue)]
    public int MaxSqlCharacters { get; init; } = 1_000_000;

    /// <summary>The only file that <see cref="UserSql.WriteParquet"/> writes, an absolute path; null: it is
    /// refused.</summary>
    public string? OutputFile { get; init; }
}
