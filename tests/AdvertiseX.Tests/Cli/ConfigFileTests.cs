using AdvertiseX.Cli;
using AdvertiseX.Cli.Configuration;

namespace AdvertiseX.Tests.Cli;

public sealed class ConfigFileTests
{
    [Fact]
    public void The_reference_holds_every_key_at_its_default()
    {
        var read = ConfigFile.Parse(ConfigFile.Reference(), "reference");

        var defaults = new AdxSettings();
        foreach (var setting in Settings.All)
            Assert.Equal(setting.Read(defaults).ToJsonString(), setting.Read(read).ToJsonString());
    }

    [Fact]
    public void Values_arrive_where_they_belong()
    {
        var settings = ConfigFile.Parse(
            """
            {
              // a comment
              "ingest": { "commit_unit_bytes": 2097152, "duplicate_lookback_days": 3, "earliest_event": "2020-02-29", "max_future_skew_seconds": 5 },
              "parquet": { "row_group_rows": 1000, "compress": false, "minimum_saving": 0.5 },
              "engine": { "memory_mib": 128, "threads": 1, "spill_limit_mib": 10 },
              "compaction": { "min_files": 4 },
              "retention": { "files_hours": 24, },
            }
            """, "test");

        Assert.Equal(2_097_152, settings.Ingest.CommitUnitBytes);
        Assert.Equal(TimeSpan.FromDays(3), settings.Ingest.DuplicateLookback);
        Assert.Equal(new DateTimeOffset(2020, 2, 29, 0, 0, 0, TimeSpan.Zero), settings.Ingest.Validation.EarliestEvent);
        Assert.Equal(TimeSpan.FromSeconds(5), settings.Ingest.Validation.MaxFutureSkew);
        Assert.Equal(1000, settings.Ingest.Parquet.RowGroupRows);
        Assert.False(settings.Ingest.Parquet.Compress);
        Assert.Equal(0.5, settings.Ingest.Parquet.MinimumSaving);
        Assert.Equal((128, 1, 10), (settings.Engine.MemoryLimitMebibytes, settings.Engine.Threads, settings.Engine.SpillLimitMebibytes));
        Assert.Equal(4, settings.Compaction.MinFiles);
        Assert.Equal(TimeSpan.FromHours(24), settings.Retention.Files);
    }

    [Theory]
    [InlineData("""{"ingest":{"comit_unit_bytes":1}}""", "unknown key 'ingest.comit_unit_bytes'")]
    [InlineData("""{"ingst":{}}""", "unknown section 'ingst'")]
    [InlineData("""{"ingest":3}""", "'ingest' must be an object")]
    [InlineData("""[]""", "an object is needed")]
    [InlineData("""{"ingest":""", "no JSON")]
    [InlineData("""{"ingest":{"commit_unit_bytes":5}}""", "ingest.commit_unit_bytes is 5; allowed: bytes, 1048576 to 1073741824")]
    [InlineData("""{"ingest":{"commit_unit_bytes":"big"}}""", "ingest.commit_unit_bytes is \"big\"")]
    [InlineData("""{"ingest":{"commit_unit_bytes":2e99}}""", "ingest.commit_unit_bytes is 2e99")]
    [InlineData("""{"ingest":{"earliest_event":"2024-02-30"}}""", "ingest.earliest_event is \"2024-02-30\"; allowed: a day")]
    [InlineData("""{"parquet":{"compress":1}}""", "parquet.compress is 1; allowed: true or false")]
    [InlineData("""{"parquet":{"minimum_saving":2}}""", "parquet.minimum_saving is 2; allowed: number, 0 to 1")]
    public void What_is_wrong_is_named_with_what_is_allowed(string json, string complaint)
    {
        var error = Assert.Throws<UsageException>(() => ConfigFile.Parse(json, "my.json"));

        Assert.StartsWith("my.json: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(complaint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_range_of_a_number_holds_at_its_ends()
    {
        foreach (var setting in Settings.All.Where(setting => setting.Allowed.Contains(" to ", StringComparison.Ordinal) && !setting.Allowed.StartsWith('a')))
        {
            string[] ends = setting.Allowed[(setting.Allowed.IndexOf(", ", StringComparison.Ordinal) + 2)..].Split(" to ");
            string[] names = setting.Key.Split('.');
            foreach (string end in ends) ConfigFile.Parse(One(names, end), "test");
            Assert.Throws<UsageException>(() => ConfigFile.Parse(One(names, ends[1] + "1"), "test"));
            Assert.Throws<UsageException>(() => ConfigFile.Parse(One(names, "-1"), "test"));
        }
    }

    private static string One(string[] names, string value) => $$$"""{"{{{names[0]}}}":{"{{{names[1]}}}":{{{value}}}} }""";
}
