using System.Globalization;

namespace AdvertiseX.Cli.Configuration;

/// <summary>Every key of a configuration file; <c>config/adx.reference.json</c> is written from this list.</summary>
internal static class Settings
{
    private const string DayFormat = "yyyy-MM-dd";

    public static IReadOnlyList<Setting> All { get; } = [.. Ingest(), .. Parquet(), .. Engine(), .. Lake(), .. InvalidTraffic(), .. Matching(), .. Models()];

    private static IEnumerable<Setting> Ingest()
    {
        yield return Setting.Whole(
            "ingest.commit_unit_bytes", "Rows are committed together until they hold so much memory; the peak is about three times this.",
            "bytes", 1 << 20, 1L << 30, s => s.Ingest.CommitUnitBytes, (s, v) => s with { Ingest = s.Ingest with { CommitUnitBytes = v } });
        yield return Setting.Whole(
            "ingest.blocks_in_flight", "Blocks decoded at once; 0 is one more than there are processors.",
            "blocks", 0, 1024, s => s.Ingest.BlocksInFlight == Environment.ProcessorCount + 1 ? 0 : s.Ingest.BlocksInFlight,
            (s, v) => s with { Ingest = s.Ingest with { BlocksInFlight = v == 0 ? Environment.ProcessorCount + 1 : (int)v } });
        yield return Setting.Whole(
            "ingest.duplicate_lookback_days", "Duplicates are looked for so far around the dates of a batch.",
            "days", 0, 3650, s => (long)s.Ingest.DuplicateLookback.TotalDays,
            (s, v) => s with { Ingest = s.Ingest with { DuplicateLookback = TimeSpan.FromDays(v) } });
        yield return Setting.Whole(
            "ingest.block_bytes", "Input is cut into blocks of whole records of about this size.",
            "bytes", 64 << 10, 64 << 20, s => s.Ingest.Framing.BlockBytes,
            (s, v) => s with { Ingest = s.Ingest with { Framing = s.Ingest.Framing with { BlockBytes = (int)v } } });
        yield return Setting.Whole(
            "ingest.max_record_bytes", "A longer record is rejected as too_large.",
            "bytes", 1 << 10, 64 << 20, s => s.Ingest.Framing.MaxRecordBytes,
            (s, v) => s with { Ingest = s.Ingest with { Framing = s.Ingest.Framing with { MaxRecordBytes = (int)v } } });
        yield return Setting.Whole(
            "ingest.max_text_bytes", "A longer text in one column is rejected as out_of_range.",
            "bytes", 1, 64 << 20, s => s.Ingest.Validation.MaxTextBytes,
            (s, v) => s with { Ingest = s.Ingest with { Validation = s.Ingest.Validation with { MaxTextBytes = (int)v } } });
        yield return Setting.Whole(
            "ingest.max_future_skew_seconds", "An event further in the future than this is rejected as from_the_future.",
            "seconds", 0, 86_400 * 365, s => (long)s.Ingest.Validation.MaxFutureSkew.TotalSeconds,
            (s, v) => s with { Ingest = s.Ingest with { Validation = s.Ingest.Validation with { MaxFutureSkew = TimeSpan.FromSeconds(v) } } });
        yield return Setting.Text(
            "ingest.earliest_event", "An event before this day is rejected as out_of_range.", "a day (UTC), 1970-01-01 to 2100-01-01",
            s => s.Ingest.Validation.EarliestEvent.ToString(DayFormat, CultureInfo.InvariantCulture), WithEarliest);
    }

    private static IEnumerable<Setting> Parquet()
    {
        yield return Setting.Whole(
            "parquet.row_group_rows", "Rows of a row group.", "rows", 1, 1 << 20, s => s.Ingest.Parquet.RowGroupRows,
            (s, v) => s with { Ingest = s.Ingest with { Parquet = s.Ingest.Parquet with { RowGroupRows = (int)v } } });
        yield return Setting.Whole(
            "parquet.page_rows", "Rows of a data page at most.", "rows", 1, 131_072, s => s.Ingest.Parquet.PageRows,
            (s, v) => s with { Ingest = s.Ingest with { Parquet = s.Ingest.Parquet with { PageRows = (int)v } } });
        yield return Setting.Whole(
            "parquet.page_text_bytes", "A page of text ends after so much.", "bytes", 1, 256 << 20, s => s.Ingest.Parquet.PageTextBytes,
            (s, v) => s with { Ingest = s.Ingest with { Parquet = s.Ingest.Parquet with { PageTextBytes = (int)v } } });
        yield return Setting.Flag(
            "parquet.compress", "Compress pages with zstd where it pays.", s => s.Ingest.Parquet.Compress,
            (s, v) => s with { Ingest = s.Ingest with { Parquet = s.Ingest.Parquet with { Compress = v } } });
        yield return Setting.Fraction(
            "parquet.minimum_saving", "The part of a page that compression must save to be kept.", 0, 1, s => s.Ingest.Parquet.MinimumSaving,
            (s, v) => s with { Ingest = s.Ingest with { Parquet = s.Ingest.Parquet with { MinimumSaving = v } } });
    }

    private static IEnumerable<Setting> Engine()
    {
        yield return Setting.Whole(
            "engine.memory_mib", "Memory for DuckDB's buffers; what does not fit is spilled.", "MiB", 64, 1 << 24,
            s => s.Engine.MemoryLimitMebibytes, (s, v) => s with { Engine = s.Engine with { MemoryLimitMebibytes = (int)v } });
        yield return Setting.Whole(
            "engine.threads", "DuckDB's threads; 0 is one for each processor.", "threads", 0, 1024,
            s => s.Engine.Threads == Environment.ProcessorCount ? 0 : s.Engine.Threads,
            (s, v) => s with { Engine = s.Engine with { Threads = v == 0 ? Environment.ProcessorCount : (int)v } });
        yield return Setting.Text(
            "engine.spill_folder", "Where DuckDB spills; empty is a folder of the process below the system's temporary one.", "a folder, or empty",
            s => s.Engine.SpillDirectory == new AdxSettings().Engine.SpillDirectory ? "" : s.Engine.SpillDirectory,
            (s, v) => v.Length == 0 ? s : s with { Engine = s.Engine with { SpillDirectory = Path.GetFullPath(v) } });
        yield return Setting.Whole(
            "engine.spill_limit_mib", "Most that is spilled; 0 is nine tenths of what the disk has free.", "MiB", 0, 1 << 24,
            s => s.Engine.SpillLimitMebibytes ?? 0,
            (s, v) => s with { Engine = s.Engine with { SpillLimitMebibytes = v == 0 ? null : (int)v } });
    }

    private static IEnumerable<Setting> Lake()
    {
        yield return Setting.Whole(
            "compaction.min_files", "A partition is compacted when it has so many small files.", "files", 2, 100_000,
            s => s.Compaction.MinFiles, (s, v) => s with { Compaction = s.Compaction with { MinFiles = (int)v } });
        yield return Setting.Whole(
            "compaction.target_bytes", "Files are merged to about this size; those of less than half count as small.", "bytes", 1 << 20, 4L << 30,
            s => s.Compaction.TargetBytes, (s, v) => s with { Compaction = s.Compaction with { TargetBytes = v } });
        yield return Setting.Whole(
            "retention.files_hours", "Files that left a table are kept so long for readers of older versions.", "hours", 0, 720,
            s => (long)s.Retention.Files.TotalHours, (s, v) => s with { Retention = s.Retention with { Files = TimeSpan.FromHours(v) } });
        yield return Setting.Whole(
            "retention.unnamed_hours", "Files that no log names are kept at least so long: a writer may be about to commit them.", "hours", 0, 8760,
            s => (long)s.Retention.Unnamed.TotalHours, (s, v) => s with { Retention = s.Retention with { Unnamed = TimeSpan.FromHours(v) } });
    }

    private static IEnumerable<Setting> InvalidTraffic()
    {
        yield return Setting.Whole(
            "invalid_traffic.max_impressions_per_minute", "More impressions of a user in a UTC minute make all of that minute's invalid.",
            "impressions", 1, int.MaxValue, s => s.TrafficRules.MaxImpressionsPerMinute,
            (s, v) => s with { TrafficRules = s.TrafficRules with { MaxImpressionsPerMinute = (int)v } });
        yield return Setting.Whole(
            "invalid_traffic.max_clicks_per_minute", "More clicks of a user in a UTC minute make all of that minute's invalid.",
            "clicks", 1, int.MaxValue, s => s.TrafficRules.MaxClicksPerMinute,
            (s, v) => s with { TrafficRules = s.TrafficRules with { MaxClicksPerMinute = (int)v } });
        yield return Milliseconds(
            "invalid_traffic.repeated_click_ms", "A click sooner than this after the last one kept of the same user and campaign is invalid.",
            s => s.TrafficRules.RepeatedClick, (s, v) => s with { TrafficRules = s.TrafficRules with { RepeatedClick = v } });
        yield return Milliseconds(
            "invalid_traffic.click_after_impression_ms", "A click sooner than this after its impression is invalid.",
            s => s.TrafficRules.ClickAfterImpression, (s, v) => s with { TrafficRules = s.TrafficRules with { ClickAfterImpression = v } });
        yield return Milliseconds(
            "invalid_traffic.conversion_after_click_ms", "A conversion sooner than this after its last eligible click is invalid.",
            s => s.TrafficRules.ConversionAfterClick, (s, v) => s with { TrafficRules = s.TrafficRules with { ConversionAfterClick = v } });
    }

    private static IEnumerable<Setting> Models()
    {
        yield return Setting.Text(
            "models.directory", "Own models, refreshed with those that come with adx; --models beats it.", "a folder, or empty",
            s => s.ModelsDirectory ?? "", (s, v) => s with { ModelsDirectory = v.Length == 0 ? null : Path.GetFullPath(v) });
        yield return Setting.Whole(
            "models.at_once", "Models refreshed side by side; 0 is one for each of DuckDB's threads, 4 at most; 1 is one after the other.",
            "models", 0, 64, s => s.ModelsAtOnce ?? 0, (s, v) => s with { ModelsAtOnce = v == 0 ? null : (int)v });
    }

    private static IEnumerable<Setting> Matching()
    {
        yield return Setting.Flag(
            "matching.user_only", "A click whose campaign is not known belongs to the latest impression of its user within a day.",
            s => s.TrafficRules.MatchUserOnly, (s, v) => s with { TrafficRules = s.TrafficRules with { MatchUserOnly = v } });
    }

    private static Setting Milliseconds(
        string key, string meaning, Func<AdxSettings, TimeSpan> get, Func<AdxSettings, TimeSpan, AdxSettings> with) =>
        Setting.Whole(
            key, meaning, "milliseconds", 0, 3_600_000, s => (long)get(s).TotalMilliseconds, (s, v) => with(s, TimeSpan.FromMilliseconds(v)));

    private static AdxSettings? WithEarliest(AdxSettings settings, string text) =>
        DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && day >= new DateOnly(1970, 1, 1) && day <= new DateOnly(2100, 1, 1)
            ? settings with
            {
                Ingest = settings.Ingest with
                {
                    Validation = settings.Ingest.Validation with { EarliestEvent = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero) },
                },
            }
            : null;
}
