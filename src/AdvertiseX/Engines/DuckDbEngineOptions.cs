using System.Globalization;

namespace AdvertiseX.Engines;

/// <summary>Limits of a DuckDB instance in this process.</summary>
public sealed record DuckDbEngineOptions
{
    /// <summary>
    /// Memory for DuckDB's buffers in MiB, at least 64. What does not fit is spilled, or fails. The default leaves room for
    /// the rest of a process that is to stay under 1 GB.
    /// </summary>
    public int MemoryLimitMebibytes { get; init; } = 512;

    /// <summary>Threads, at least 1; default: one for each processor.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// An existing folder; each instance spills into one of its own below it, made when needed and removed at the end.
    /// Default: the system's temporary folder.
    /// </summary>
    public string SpillDirectory { get; init; } = Path.GetTempPath();

    /// <summary>Most that is spilled, in MiB; null for nine tenths of what the disk has free.</summary>
    public int? SpillLimitMebibytes { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the text names it.</exception>
    internal Dictionary<string, string> ToSettings()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MemoryLimitMebibytes, 64, nameof(MemoryLimitMebibytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1, nameof(Threads));
        var settings = new Dictionary<string, string>
        {
            ["memory_limit"] = $"{MemoryLimitMebibytes}MiB",
            ["threads"] = Threads.ToString(CultureInfo.InvariantCulture),
            // Two instances in one folder would write to the same files.
            ["temp_directory"] = Path.Combine(SpillDirectory, $"adx-spill-{Guid.CreateVersion7():N}"),
            // No call home, whatever a statement names.
            ["autoinstall_known_extensions"] = "false",
            ["autoload_known_extensions"] = "false",
            ["allow_community_extensions"] = "false",
            // The system's file cache does for local files; a second copy would only fill the memory limit.
            ["enable_external_file_cache"] = "false",
        };
        if (SpillLimitMebibytes is { } limit) settings["max_temp_directory_size"] = $"{limit}MiB";
        return settings;
    }
}
