using AdvertiseX.Models;

namespace AdvertiseX.Tests.Models;

public sealed class ModelFileTests
{
    [Theory]
    [InlineData("-- check: not_null(a)", "-- check: not_null(b)")]
    [InlineData("-- input: clicks; look-back 2 days", "-- input: clicks; look-back 3 days")]
    [InlineData("-- column: b long", "-- column: b string")]
    [InlineData("-- grain: a", "-- grain: a, b")]
    public void Another_header_is_another_model(string entry, string other)
    {
        const string text = """
            -- What it says.
            -- grain: a
            -- refresh: replace
            -- input: clicks; look-back 2 days
            -- column: a long
            -- column: b long
            -- check: not_null(a)

            select a, b from clicks
            """;
        Assert.Contains(entry, text, StringComparison.Ordinal);
        var model = ModelFile.Parse("m", text);
        Assert.NotEqual(model.Fingerprint, ModelFile.Parse("m", text.Replace(entry, other)).Fingerprint);
        Assert.Equal(model.Fingerprint, ModelFile.Parse("m", text.Replace("What", "All that")).Fingerprint);
    }

    [Fact]
    public void Every_shipped_model_parses_and_follows_what_it_reads()
    {
        var ordered = ModelCatalog.Shipped.Ordered.Select(model => model.Name).ToList();
        Assert.True(ordered.IndexOf("click_attribution") < ordered.IndexOf("conversion_attribution"));
        Assert.True(ordered.IndexOf("conversion_attribution") < ordered.IndexOf("campaign_performance"));
        Assert.All(
            ModelCatalog.Shipped.Ordered,
            model =>
            {
                Assert.NotEmpty(model.Description);
                Assert.NotEmpty(model.Checks);
                Assert.All(model.Grain, column => Assert.Contains(model.Columns, each => each.Name == column));
            }
        );
    }

    [Theory]
    [InlineData(
        "-- grain: a\n-- refresh: daily\nselect 1",
        "model m, line 2: refresh is 'daily': temporary, additive, keyed or replace are allowed"
    )]
    [InlineData(
        "-- gain: a\nselect 1",
        "model m, line 1: 'gain' is not known: grain, refresh, keys, publish, rows, groups, chains, input, column, check are"
    )]
    [InlineData(
        "-- input: clicks; backwards\nselect 1",
        "model m, line 1: 'backwards' is none of 'look-back N days', 'columns a, b', 'summed', 'joined by column' and 'tied by column [= column] [and column] [within column or N days]'"
    )]
    [InlineData(
        "-- column: a number\nselect 1",
        "model m, line 1: a column is its name and its type: string, long, integer, boolean, double, date, timestamp, binary"
    )]
    [InlineData(
        "-- column: a 1\nselect 1",
        "model m, line 1: a column is its name and its type: string, long, integer, boolean, double, date, timestamp, binary"
    )]
    [InlineData(
        "-- column: A long\nselect 1",
        "model m, line 1: 'A' is no name: a to z, 0 to 9 and _ are allowed, not a digit first, at most 100 characters"
    )]
    [InlineData(
        "-- Refresh:replace\nselect 1",
        "model m, line 1: 'Refresh:replace' is not read; write '-- refresh: temporary, additive, keyed or replace'"
    )]
    [InlineData("-- publish: rows\nselect 1", "model m, line 1: publish is 'rows': cells is allowed")]
    [InlineData("-- publish: cells\nselect 1", "model m, line 1: publish: cells is for a model with refresh: replace")]
    [InlineData("-- column: a long\n-- column: a long\nselect 1", "model m, line 1: the column a is there twice")]
    [InlineData("-- check: looks_good(a)\nselect 1", "model m, line 1: the check 'looks_good(a)' is not known")]
    [InlineData(
        "-- refresh: keyed\n-- grain: a\n-- column: a long\nselect 1",
        "model m, line 1: a keyed model needs rows, groups or chains"
    )]
    [InlineData(
        "-- groups: a, b\nselect 1",
        "model m, line 1: groups are 'key column', 'key column, event_date' or 'key column, event_date, minute'"
    )]
    [InlineData(
        "-- input: a; tied by b and c\nselect 1",
        "model m, line 1: 'tied by b and c': only a tie by user_key has a second column"
    )]
    [InlineData("-- refresh: replace\nselect 1", "model m, line 1: a model that is not inline needs grain and columns")]
    [InlineData(
        "-- input: clicks; joined by\nselect 1",
        "model m, line 1: 'joined by' is none of 'look-back N days', 'columns a, b', 'summed', 'joined by column' and 'tied by column [= column] [and column] [within column or N days]'"
    )]
    [InlineData(
        "-- refresh: additive\n-- grain: a\n-- column: a long\n-- input: clicks\n-- input: users; joined by user_key\nselect 1",
        "model m, line 1: joined by is for an input of a model with refresh: additive that says which others are summed"
    )]
    [InlineData(
        "-- refresh: replace\n-- grain: a\n-- column: a long\n-- input: users; joined by user_key\nselect 1",
        "model m, line 1: joined by is for an input of a model with refresh: additive that says which others are summed"
    )]
    [InlineData(
        "-- refresh: additive\n-- grain: a\n-- column: a long\n-- input: clicks; summed; joined by user_key\nselect 1",
        "model m, line 1: the input clicks is summed or joined by a column, not both"
    )]
    [InlineData(
        "-- refresh: additive\n-- grain: a\n-- column: a long\n-- input: clicks; summed\n-- input: one; joined by a\n-- input: two; joined by b\nselect 1",
        "model m, line 1: one input can be joined by a column, not one and two"
    )]
    [InlineData("-- grain: a\n", "model m, line 1: there is no SELECT")]
    public void A_wrong_header_is_named_with_its_line(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<ModelException>(() => ModelFile.Parse("m", text)).Message);

    [Fact]
    public void An_input_of_sums_can_be_joined_by_a_key()
    {
        var model = ModelFile.Parse(
            "m",
            "-- refresh: additive\n-- grain: a\n-- column: a long\n-- input: clicks; columns a, user_key; summed\n-- input: users; joined by user_key; columns user_key\nselect 1"
        );
        Assert.Equal(("users", "user_key"), (model.Joined?.Name, model.Joined?.JoinedBy));
        Assert.Equal(["user_key"], model.Joined!.Columns!);
        Assert.Null(ModelCatalog.Shipped.Find("performance_rollup").Joined);
        Assert.Equal("segments", ModelCatalog.Shipped.Find("user_performance_rollup").Joined?.Name);
    }

    [Fact]
    public void Every_word_is_read_as_its_example_shows()
    {
        foreach (var word in ModelHeaderWords.All)
        {
            var model =
                $"-- grain: a\n-- refresh: {(word.Word == "publish" ? "replace" : "keyed")}\n-- groups: a\n-- column: a long\n-- column: user_key long\n-- column: click_key long\n{word.Example}\nselect 1";
            Assert.Equal("m", ModelFile.Parse("m", model).Name);
            Assert.StartsWith($"-- {word.Word}: ", word.Example, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Models_that_read_each_other_or_nothing_known_are_refused()
    {
        var one = ModelFile.Parse("one", "-- input: two\nselect 1");
        var two = ModelFile.Parse("two", "-- input: one\nselect 1");
        Assert.StartsWith(
            "model one reads itself",
            Assert.Throws<ModelException>(() => new ModelCatalog([one, two])).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(
            "model one reads two, which is not known",
            Assert.Throws<ModelException>(() => new ModelCatalog([one])).Message
        );
    }

    [Theory]
    [InlineData("America/New_York", "2024-03-10", 23)]
    [InlineData("America/New_York", "2024-11-03", 25)]
    [InlineData("Pacific/Apia", "2011-12-29", 24)]
    [InlineData("Pacific/Apia", "2011-12-30", 0)]
    [InlineData("Australia/Lord_Howe", "2024-04-07", 24.5)]
    [InlineData("America/Sao_Paulo", "2018-11-04", 23)]
    [InlineData("UTC", "2024-03-10", 24)]
    public void Local_days_are_as_long_as_they_were(string zone, string date, double hours)
    {
        var day = DateOnly.ParseExact(date, "yyyy-MM-dd");
        var start = (day.ToDateTime(TimeOnly.MinValue) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var spans = ZoneOffsets
            .Select([zone], day.AddDays(-1), day.AddDays(1))
            .Split('\n')
            .Where(row => row.StartsWith($"('{zone}'", StringComparison.Ordinal))
            .Select(row => row.Trim('(', ')', ',').TrimEnd(')').Split(", ").Skip(1).Select(long.Parse).ToArray())
            .ToList();
        Assert.Equal(-long.MaxValue, spans.Min(span => span[0]));
        Assert.Equal(long.MaxValue, spans.Max(span => span[1]));
        // The instants of a span whose local time lies within the day.
        var micros = spans.Sum(span =>
            Math.Max(0, Math.Min(span[1], start + 86_400_000_000 - span[2]) - Math.Max(span[0], start - span[2]))
        );
        Assert.Equal(hours, micros / 3.6e9);
    }
}
