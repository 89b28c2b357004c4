using System.Globalization;
using AdvertiseX.Configuration;

namespace AdvertiseX.Engines;

/// <summary>Limits of a DuckDB instance in this process.</summary>
public sealed record DuckDbEngineOptions
{
    /// <summary>Memory for DuckDB's buffers; what does not fit is spilled, or fails.</summary>
    /// <remarks>The default leaves room for the rest of a process that is to stay under 1 GB.</remarks>
    [Option("MiB", 64, 1 << 24, Key = "engine.memory_mib")]
    public int MemoryLimitMebibytes { get; init; } = 512;

    /// <summary>DuckDB's threads; 0 is one for each processor.</summary>
    [Option("threads", 0, 1024, Key = "engine.threads")]
    public int Threads { get; init; }

    /// <summary>
    /// Where DuckDB spills: an existing folder, below which each instance makes one of its own when needed and removes
    /// it at the end. Empty is the system's temporary folder.
    /// </summary>
    [Option("a folder", MayBeEmpty = true, Key = "engine.spill_folder")]
    public string SpillDirectory { get; init; } = "";

    /// <summary>Most that is spilled; 0 is nine tenths of what the disk has free.</summary>
    [Option("MiB", 0, 1 << 24, Key = "engine.spill_limit_mib")]
    public int SpillLimitMebibytes { get; init; }

    /// <summary>The threads that DuckDB gets, at least 1.</summary>
    public int EffectiveThreads => Threads > 0 ? Threads : Environment.ProcessorCount;

    /// <exception cref="ArgumentOutOfRangeException">A value is not allowed; the message names it and what is
    /// allowed.</exception>
    internal Dictionary<string, string> ToSettings()
    {
        OptionCheck.Require(this);
        var spill = SpillDirectory.Length > 0 ? SpillDirectory : Path.GetTempPath();
        var settings = new Dictionary<string, string>
        {
            ["memory_limit"] = $"{MemoryLimitMebibytes}MiB",
            ["threads"] = EffectiveThreads.ToString(CultureInfo.InvariantCulture),
            // Two instances in one folder would write to the same files.
            ["temp_directory"] = Path.Combine(spill, $"adx-spill-{Guid.CreateVersion7():N}"),
            // No call home, whatever a statement names.
            ["autoinstall_known_extensions"] = "false",
            ["autoload_known_extensions"] = "false",
            ["allow_community_extensions"] = "false",
            // The system's file cache does for local files; a second copy would only fill the memory limit.
            ["enable_external_file_cache"] = "false",
        };
        if (SpillLimitMebibytes > 0)
            settings["max_temp_directory_size"] = $"{SpillLimitMebibytes}MiB";
        return settings;
    }
}
