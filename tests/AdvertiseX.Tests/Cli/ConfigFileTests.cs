using System.Globalization;
using System.Text.Json;
using AdvertiseX.Cli;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Configuration;

namespace AdvertiseX.Tests.Cli;

public sealed class ConfigFileTests
{
    public static TheoryData<string> Keys => [.. AdxSettings.Keys.Select(option => option.Key!)];

    public static TheoryData<string> NumberKeys =>
        [.. AdxSettings.Keys.Where(option => RuleOf(option).Unit is not null).Select(option => option.Key!)];

    [Fact]
    public void The_reference_holds_the_defaults_of_the_library()
    {
        var read = ConfigFile.Read(Path.Combine(Repository.Root, "config", "adx.reference.json"));

        Assert.Equal(new AdxSettings(), read);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void The_reference_holds_every_key(string key)
    {
        using var reference = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Repository.Root, "config", "adx.reference.json")),
            new() { CommentHandling = JsonCommentHandling.Skip }
        );
        var names = key.Split('.');

        var written = reference.RootElement.GetProperty(names[0]).GetProperty(names[1]);

        Assert.Equal(JsonSerializer.Serialize(Option(key).Read(new AdxSettings())), written.GetRawText());
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_default_is_allowed(string key) =>
        Assert.True(Option(key).Allows(Option(key).Read(new AdxSettings())!));

    [Theory]
    [MemberData(nameof(Keys))]
    public void Another_type_is_refused(string key)
    {
        string[] others = Option(key).Read(new AdxSettings()) switch
        {
            bool => ["1", "\"true\"", "null"],
            string => ["1", "true", "null"],
            double => ["\"0.5\"", "true", "null"],
            _ => ["\"64\"", "true", "null", "[64]"],
        };
        foreach (var json in others)
            Refused(key, json);
    }

    [Theory]
    [MemberData(nameof(NumberKeys))]
    public void The_least_and_the_most_are_allowed_and_nothing_beyond(string key)
    {
        var (least, most) = (RuleOf(Option(key)).Least, RuleOf(Option(key)).Most);

        foreach (var end in new[] { least, most })
            Assert.Equal(end, Convert.ToDouble(Option(key).Read(Parse(key, Text(end))), CultureInfo.InvariantCulture));
        var isWhole = Option(key).Property.PropertyType != typeof(double);
        Refused(key, Text(isWhole ? least - 1 : least - 0.001));
        Refused(key, Text(isWhole ? most + 1 : most + 0.001));
        Refused(key, "2e99");
        Refused(key, "2e999");
    }

    [Theory]
    [MemberData(nameof(NumberKeys))]
    public void Where_only_whole_numbers_are_allowed_others_are_refused(string key)
    {
        if (Option(key).Property.PropertyType == typeof(double))
            return;
        var between = Text(RuleOf(Option(key)).Least + 0.5);

        var error = Assert.Throws<UsageException>(() => Parse(key, between));

        Assert.Equal($"my.json: {key} is {between}; allowed: {Option(key).Allowed}, as a whole number", error.Message);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Code_is_held_to_the_same_range_in_the_same_words(string key)
    {
        var rule = RuleOf(Option(key));
        if (rule.Unit is null)
            return;
        foreach (var beyond in new[] { rule.Least - 1, rule.Most + 1 })
        {
            object settings = new AdxSettings();
            if (!SetWithoutCheck(settings, Option(key), beyond))
                continue;

            var error = Assert.Throws<ArgumentOutOfRangeException>(() => OptionCheck.Require((AdxSettings)settings));

            Assert.Equal(
                $"my.json: {error.Message}",
                Assert.Throws<UsageException>(() => Parse(key, Text(beyond))).Message
            );
        }
    }

    [Theory]
    [InlineData("ingest.earliest_event", "1970-01-01")]
    [InlineData("ingest.earliest_event", "2100-01-01")]
    [InlineData("models.directory", "")]
    [InlineData("lake.path", "/somewhere/else")]
    public void Texts_that_are_allowed(string key, string text) =>
        Assert.Equal(text, Option(key).Read(Parse(key, JsonSerializer.Serialize(text))));

    [Theory]
    [InlineData("ingest.earliest_event", "1969-12-31")]
    [InlineData("ingest.earliest_event", "2100-01-02")]
    [InlineData("ingest.earliest_event", "2024-02-30")]
    [InlineData("ingest.earliest_event", "2024-02-28T12:00:00.0000000Z")]
    [InlineData("ingest.earliest_event", "")]
    [InlineData("lake.path", "")]
    [InlineData("models.directory", "a\nb")]
    [InlineData("engine.spill_folder", "a\0b")]
    public void Texts_that_are_not(string key, string text) => Refused(key, JsonSerializer.Serialize(text));

    [Fact]
    public void Values_arrive_where_they_belong()
    {
        var settings = ConfigFile.Parse(
            """
            {
              // a comment
              "lake": { "path": "/data/lake" },
              "ingest": { "commit_unit_bytes": 2097152, "duplicate_lookback_days": 3, "earliest_event": "2020-02-29", "max_future_skew_seconds": 5 },
              "parquet": { "row_group_rows": 1000, "compress": false, "minimum_saving": 0.5 },
              "engine": { "memory_mib": 128, "threads": 1, "spill_limit_mib": 10 },
              "compaction": { "min_files": 4 },
              "retention": { "files_hours": 24, },
              "invalid_traffic": { "repeated_click_ms": 5 },
              "matching": { "user_only": true },
              "models": { "at_once": 2, "directory": "mine" },
            }
            """,
            "test"
        );

        var defaults = new AdxSettings();
        Assert.Equal(
            new AdxSettings
            {
                LakePath = "/data/lake",
                Ingest = defaults.Ingest with
                {
                    CommitUnitBytes = 2_097_152,
                    DuplicateLookback = TimeSpan.FromDays(3),
                    Validation = defaults.Ingest.Validation with
                    {
                        EarliestEvent = new DateTimeOffset(2020, 2, 29, 0, 0, 0, TimeSpan.Zero),
                        MaxFutureSkew = TimeSpan.FromSeconds(5),
                    },
                    Parquet = defaults.Ingest.Parquet with
                    {
                        RowGroupRows = 1000,
                        Compress = false,
                        MinimumSaving = 0.5,
                    },
                },
                Engine = defaults.Engine with { MemoryLimitMebibytes = 128, Threads = 1, SpillLimitMebibytes = 10 },
                Compaction = defaults.Compaction with { MinFiles = 4 },
                Retention = defaults.Retention with { Files = TimeSpan.FromHours(24) },
                Models = defaults.Models with
                {
                    ModelsAtOnce = 2,
                    TrafficRules = defaults.Models.TrafficRules with
                    {
                        RepeatedClick = TimeSpan.FromMilliseconds(5),
                        MatchUserOnly = true,
                    },
                },
                ModelsDirectory = "mine",
            },
            settings
        );
    }

    [Theory]
    [InlineData(
        """{"ingest":{"comit_unit_bytes":1}}""",
        "unknown key 'ingest.comit_unit_bytes'; did you mean 'ingest.commit_unit_bytes'?"
    )]
    [InlineData(
        """{"ingest":{"row_group_rows":1}}""",
        "unknown key 'ingest.row_group_rows'; did you mean 'parquet.row_group_rows'?"
    )]
    [InlineData(
        """{"retention":{"log":1}}""",
        "unknown key 'retention.log'; known are retention.files_hours, retention.compacted_hours, retention.unnamed_hours"
    )]
    [InlineData("""{"ingst":{}}""", "unknown section 'ingst'; did you mean 'ingest'?")]
    [InlineData(
        """{"x":{}}""",
        "unknown section 'x'; known are lake, ingest, money, parquet, live, kafka, topics, produce, registry, serve, collector, keys, spool, telemetry, engine, compaction, retention, maintenance, models, invalid_traffic, matching"
    )]
    [InlineData("""{"ingest":3}""", "'ingest' is a number; an object of keys is needed")]
    [InlineData("""{"engine":{"threads":1},"engine":{}}""", "the section 'engine' is there twice")]
    [InlineData("""{"engine":{"threads":1,"threads":2}}""", "engine.threads is there twice: 1 and 2")]
    [InlineData("""[]""", "the configuration is an array; an object is needed")]
    [InlineData("""{"ingest":""", "not JSON from line 1, byte 11 on")]
    [InlineData("{\"ingest\":{},\n  ingest:{}}", "not JSON from line 2, byte 3 on")]
    [InlineData("""{"lake":{"path":"\ud800"}}""", "lake.path holds half of a surrogate pair")]
    [InlineData("""{"lake":{"\ud800":1}}""", "a text holds half of a surrogate pair")]
    [InlineData("""{"lake":{"path":"  "}}""", "lake.path is \"  \"; allowed: a folder")]
    [InlineData(
        """{"ingest":{"commit_unit_bytes":5}}""",
        "ingest.commit_unit_bytes is 5; allowed: 1048576 to 1073741824 bytes"
    )]
    [InlineData(
        """{"ingest":{"commit_unit_bytes":"big"}}""",
        "ingest.commit_unit_bytes is \"big\"; allowed: 1048576 to 1073741824 bytes"
    )]
    [InlineData(
        """{"ingest":{"earliest_event":"2024-02-30"}}""",
        "ingest.earliest_event is \"2024-02-30\"; allowed: 1970-01-01 to 2100-01-01, a day in UTC"
    )]
    [InlineData("""{"parquet":{"compress":1}}""", "parquet.compress is 1; allowed: true or false")]
    [InlineData("""{"parquet":{"minimum_saving":2}}""", "parquet.minimum_saving is 2; allowed: 0 to 1")]
    [InlineData("{\"engine\":{\"threads\":{\n\"a\":1}}}", "engine.threads is {\"a\":1}; allowed: 0 to 1024 threads")]
    public void What_is_wrong_is_named_with_what_is_allowed(string json, string complaint)
    {
        var error = Assert.Throws<UsageException>(() => ConfigFile.Parse(json, "my.json"));

        Assert.StartsWith($"my.json: {complaint}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_file_that_is_too_long_or_a_folder_is_refused()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("long.json", new string(' ', (1 << 20) + 1));

        Assert.Contains(
            "longer than 1048576 bytes",
            Assert.Throws<UsageException>(() => ConfigFile.Read(file)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no such configuration file",
            Assert.Throws<UsageException>(() => ConfigFile.Read(folder.Path)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no such configuration file",
            Assert.Throws<UsageException>(() => ConfigFile.Read("")).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("engine", "spill_folder")]
    [InlineData("models", "directory")]
    public void A_folder_must_be_there(string section, string key)
    {
        using var folder = new TemporaryFolder();
        var missing = folder.At("nowhere");
        string Config(string value) => folder.Write("my.json", $$$"""{"{{{section}}}":{"{{{key}}}":"{{{value}}}"} }""");
        foreach (var value in new[] { missing, folder.Write("file", "") })
            Assert.Equal(
                $"{folder.At("my.json")}: {section}.{key} is \"{value}\"; allowed: an existing folder, or empty",
                Assert.Throws<UsageException>(() => ConfigFile.Read(Config(value))).Message
            );
        Assert.Equal(folder.Path, Option($"{section}.{key}").Read(ConfigFile.Read(Config(folder.Path))));
        Assert.Equal("", Option($"{section}.{key}").Read(ConfigFile.Read(Config(""))));
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_named_with_their_place()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.At("my.json"), [.. "{\n  // Z"u8, 0xFC, .. "rich\n}"u8]);
        Assert.Equal(
            $"{folder.At("my.json")}: not UTF-8 at line 2, byte 7",
            Assert.Throws<UsageException>(() => ConfigFile.Read(folder.At("my.json"))).Message
        );
        File.WriteAllBytes(folder.At("my.json"), [0xEF, 0xBB, 0xBF, .. "{}"u8]);
        Assert.Equal(new AdxSettings(), ConfigFile.Read(folder.At("my.json")));
    }

    [Theory]
    [InlineData("~", "")]
    [InlineData("~/lakes/ads", "/lakes/ads")]
    public void The_folder_of_the_lake_may_begin_with_the_home_folder(string written, string below) =>
        Assert.Equal(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + below,
            Parse("lake.path", $"\"{written}\"").LakePath
        );

    private static void Refused(string key, string json)
    {
        var error = Assert.Throws<UsageException>(() => Parse(key, json));

        Assert.StartsWith($"my.json: {key} is ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"; allowed: {Option(key).Allowed}", error.Message, StringComparison.Ordinal);
    }

    private static AdxSettings Parse(string key, string json)
    {
        var names = key.Split('.');
        return ConfigFile.Parse($$$"""{"{{{names[0]}}}":{"{{{names[1]}}}":{{{json}}} } }""", "my.json");
    }

    private static OptionDescription Option(string key) => AdxSettings.Keys.Single(option => option.Key == key);

    private static OptionAttribute RuleOf(OptionDescription option) =>
        (OptionAttribute)Attribute.GetCustomAttribute(option.Property, typeof(OptionAttribute))!;

    private static string Text(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>Sets a number as code can, which no range holds back; false where the property's type cannot hold
    /// it.</summary>
    private static bool SetWithoutCheck(object settings, OptionDescription option, double number)
    {
        var type = option.Property.PropertyType;
        if (type == typeof(int) && number is < int.MinValue or > int.MaxValue)
            return false;
        object value =
            type == typeof(int) ? (int)number
            : type == typeof(long) ? (long)number
            : type == typeof(double) ? number
            : DurationOf(option, number);
        // From the outermost record to the one that has the property; a struct goes back into its holder.
        Assert.True(Put(settings));
        return true;

        bool Put(object holder)
        {
            if (holder.GetType() == option.Property.DeclaringType)
            {
                option.Property.SetValue(holder, value);
                return true;
            }

            foreach (
                var property in holder
                    .GetType()
                    .GetProperties()
                    .Where(property => Attribute.IsDefined(property, typeof(OptionsAttribute)))
            )
            {
                var inner = property.GetValue(holder)!;
                if (!Put(inner))
                    continue;
                property.SetValue(holder, inner);
                return true;
            }

            return false;
        }
    }

    private static TimeSpan DurationOf(OptionDescription option, double number) =>
        option.Key![(option.Key!.LastIndexOf('_') + 1)..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "seconds" => TimeSpan.FromSeconds(number),
            "hours" => TimeSpan.FromHours(number),
            "days" => TimeSpan.FromDays(number),
            var unit => throw new InvalidOperationException($"a duration's key ends with its unit, not with {unit}"),
        };
}
