using AdvertiseX.Reports;

namespace AdvertiseX.Cli;

/// <summary>Which format <c>--format</c>, <c>--json</c> and the ending of <c>--output</c> ask for.</summary>
internal static class FormatChoice
{
    public static readonly string[] Names = ["table", "csv", "json", "parquet"];

    /// <exception cref="UsageException">They contradict each other.</exception>
    public static ResultFormat Of(string? format, bool json, string? output)
    {
        if (json && format is not null && !format.Equals("json", StringComparison.OrdinalIgnoreCase))
            throw new UsageException($"--json and --format {format} contradict each other");
        format ??=
            json ? "json"
            : Path.GetExtension(output) is { Length: > 1 } ending && Names.Contains(ending[1..]) ? ending[1..]
            : "table";
        return Enum.Parse<ResultFormat>(format, ignoreCase: true);
    }
}
