using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Cli;

/// <summary>Models of a user's own in a folder: run, refreshed and asked like ours, and refused in one line where they
/// are wrong.</summary>
public sealed class OwnModelTests : IDisposable
{
    private const string Hours = """
        -- Impressions by hour.
        -- grain: event_date, hour
        -- refresh: additive
        -- input: impressions; columns event_date, event_time
        -- column: event_date date
        -- column: hour integer
        -- column: impressions long
        -- check: not_null(event_date, hour)
        select event_date, extract(hour from event_time) as hour, count(*) as impressions
        from impressions
        group by 1, 2;
        """;

    private const string Seen = """
        -- How many impressions a user had seen before each click.
        -- grain: click_key
        -- refresh: keyed
        -- rows: clicks; click_key
        -- input: impressions; look-back 30 days; tied by user_key
        -- column: click_key long
        -- column: event_date date
        -- column: seen long
        select c.event_key as click_key, c.event_date, count(i.event_key) as seen
        from due_clicks c
        left join impressions i on i.user_key = c.user_key and i.event_time <= c.event_time
        group by c.event_key, c.event_date
        """;

    private const string Joined = """
        -- Clicks by the currency of their campaign.
        -- grain: event_date, currency
        -- refresh: additive
        -- input: clicks; summed
        -- input: campaigns; joined by campaign_id
        -- column: event_date date
        -- column: currency string
        -- column: clicks long
        select c.event_date, g.currency, count(*) as clicks
        from clicks c
        left join campaigns g on g.campaign_id = c.campaign_id
        group by 1, 2
        """;

    private const string Mean = """
        -- Seen before a click, in the mean, and hours with impressions.
        -- grain: hours
        -- refresh: replace
        -- input: clicks_seen
        -- input: hourly
        -- column: hours long
        -- column: seen double
        with hours as (select count(distinct hour) as hours from hourly)
        select hours, (select avg(seen) from clicks_seen) as seen from hours
        """;

    private const string Grown = """
        -- Clicks of a user on a date: what was counted before and what is new.
        -- grain: user_key, event_date
        -- refresh: keyed
        -- groups: user_key, event_date
        -- input: clicks; tied by user_key
        -- input: due_clicks
        -- input: new_clicks
        -- input: kept_grown
        -- column: user_key long
        -- column: event_date date
        -- column: clicks long
        -- column: counted string
        with fresh as (select user_key, event_date, count(*) as clicks from new_clicks group by 1, 2)
        select k.user_key, k.event_date, k.clicks + coalesce(f.clicks, 0) as clicks, 'on' as counted
        from kept_grown k
        left join fresh f on f.user_key = k.user_key and f.event_date = k.event_date
        union all
        select c.user_key, c.event_date, count(*), 'all'
        from due_clicks c
        left join kept_grown k on k.user_key = c.user_key and k.event_date = c.event_date
        where c.user_key is not null and k.user_key is null
        group by c.user_key, c.event_date
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Own_models_of_every_kind_run_and_follow_new_data()
    {
        await using var lake = await LakeAsync();
        var models = Models(("hourly", Hours), ("clicks_seen", Seen), ("means", Mean));
        var (code, output, error) = await CliRun.RunAsync("run", "means", "--models", models, "--lake", LakeOf(lake));
        Assert.True(code == 0, error + output);
        Assert.Equal("hours,seen\n2,1\n", await QueryAsync(lake, "from means"));

        await lake.AddAsync(
            "impressions",
            [Event("i3", "2024-03-01 09:00:00", "u1"), Event("i4", "2024-03-01 12:00:00", "u2")]
        );
        (_, output, _) = await CliRun.RunAsync("run", "means", "--models", models, "--lake", LakeOf(lake), "--dry-run");
        Assert.Contains("hourly       take the changes  1 file, 2 rows, 1 date", output, StringComparison.Ordinal);
        Assert.Contains("impressions 1 → 2 (+1 file of 2024-03-01)", output, StringComparison.Ordinal);
        Assert.Contains("follows clicks_seen, hourly", output, StringComparison.Ordinal);
        Assert.EndsWith("3 of 3 models would be refreshed; nothing was changed\n", output, StringComparison.Ordinal);
        Assert.Equal("hours,seen\n2,1\n", await QueryAsync(lake, "from means"));

        Assert.Equal(0, (await CliRun.RunAsync("run", "means", "--models", models, "--lake", LakeOf(lake))).Code);
        Assert.Equal("hours,seen\n4,2\n", await QueryAsync(lake, "from means"));
        Assert.Equal(
            "n,rows\n4,4\n",
            await QueryAsync(lake, "select sum(impressions) as n, count(*) as rows from hourly")
        );
        Assert.Equal("WRITE,2\nWRITE,2\n", await HistoryAsync(lake, "hourly"));

        (_, output, _) = await CliRun.RunAsync("run", "means", "--models", models, "--lake", LakeOf(lake), "--dry-run");
        Assert.EndsWith("0 of 3 models would be refreshed; nothing was changed\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_by_groups_goes_on_from_its_own_rows_unless_some_went()
    {
        await using var lake = await FactLake.CreateAsync();
        var models = Models(("grown", Grown));
        async Task<string> RunAsync()
        {
            var (code, _, error) = await CliRun.RunAsync("run", "grown", "--models", models, "--lake", LakeOf(lake));
            Assert.True(code == 0, error);
            return await QueryAsync(lake, "select clicks, counted from grown order by all");
        }

        await lake.AddAsync(
            "clicks",
            [
                Event("a", "2024-03-01 10:00:00", "u1"),
                Event("b", "2024-03-01 11:00:00", "u2"),
                Event("c", "2024-03-02 11:00:00", "u1"),
            ]
        );
        Assert.Equal("clicks,counted\n1,all\n1,all\n1,all\n", await RunAsync());
        await lake.AddAsync(
            "clicks",
            [Event("d", "2024-03-01 12:00:00", "u1"), Event("e", "2024-03-02 12:00:00", "u3")]
        );
        Assert.Equal("clicks,counted\n1,all\n1,all\n1,all\n2,on\n", await RunAsync());
        await lake.RewriteAsync(
            "clicks",
            [
                Event("a", "2024-03-01 10:00:00", "u1"),
                Event("c", "2024-03-02 11:00:00", "u1"),
                Event("f", "2024-03-02 13:00:00", "u1"),
            ]
        );
        Assert.Equal("clicks,counted\n1,all\n2,all\n", await RunAsync());
    }

    [Fact]
    public async Task A_model_that_is_no_longer_there_leaves_its_table()
    {
        await using var lake = await LakeAsync();
        var models = Models(("hourly", Hours));
        Assert.Equal(0, (await CliRun.RunAsync("run", "hourly", "--models", models, "--lake", LakeOf(lake))).Code);
        var (code, _, error) = await CliRun.RunAsync("run", "hourly", "--lake", LakeOf(lake));
        Assert.Equal(2, code);
        Assert.Contains("there is no model hourly", error, StringComparison.Ordinal);
        Assert.Contains("(own ones need --models DIR)", error, StringComparison.Ordinal);
        Assert.Equal("n\n2\n", await QueryAsync(lake, "select sum(impressions) as n from hourly"));
    }

    [Fact(Explicit = true)]
    public async Task The_configuration_can_name_the_folder_and_an_ingest_refreshes_them()
    {
        var feed = _folder.Write(
            "impressions.json",
            """{"impression_id":"a","timestamp":"2024-03-01T10:00:00Z","user_id":"u","campaign_id":"c","creative_id":"r"}"""
                + "\n"
        );
        var models = Models(("hourly", Hours));
        var config = _folder.Write(
            "adx.json",
            $$$"""{"models": {"directory": "{{{models.Replace("\\", "\\\\", StringComparison.Ordinal)}}}"}}"""
        );
        var (code, _, error) = await CliRun.RunAsync(
            "ingest",
            feed,
            "--feed",
            "impressions",
            "--lake",
            _folder.At("lake"),
            "--config",
            config
        );
        Assert.True(code == 0, error);
        var (_, output, _) = await CliRun.RunAsync(
            "query",
            "select impressions from hourly",
            "--format",
            "csv",
            "--lake",
            _folder.At("lake")
        );
        Assert.Equal("impressions\n1\n", output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_wrong_model_stops_an_ingest_before_it_begins()
    {
        var feed = _folder.Write("impressions.json", "{}\n");
        var models = Models(("hourly", "select 1"));
        var (code, _, error) = await CliRun.RunAsync(
            "ingest",
            feed,
            "--feed",
            "impressions",
            "--lake",
            _folder.At("lake"),
            "--models",
            models
        );
        Assert.Equal(2, code);
        Assert.Contains("refresh is missing", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.At("lake")));
    }

    public static TheoryData<string, string, string> Wrong =>
        new()
        {
            { "Hourly", Hours, "'Hourly' is no name of a table: a to z, 0 to 9 and _ are allowed" },
            { "_hourly", Hours, "is no name of a table" },
            { "impressions", Hours, "impressions is the name of another table" },
            { "campaigns", Hours, "campaigns is the name of another table" },
            { "ingest_ledger", Hours, "ingest_ledger is the name of another table" },
            { "restatements", Hours, "restatements is the name of another table" },
            { "zone_offsets", Hours, "zone_offsets is the name of another table" },
            { "campaign_zones", Hours, "a model that comes with adx has the name campaign_zones" },
            { "campaign_performance", Hours, "a model that comes with adx has the name campaign_performance" },
            { "due_clicks", Hours, "the name due_clicks is taken" },
            { "new_clicks", Hours, "the name new_clicks is taken" },
            { "kept_clicks", Hours, "the name kept_clicks is taken" },
            {
                "m",
                Hours.Replace("input: impressions", "input: new_impressions", StringComparison.Ordinal),
                "the input 'new_impressions' is not known"
            },
            {
                "m",
                Seen.Replace(
                    "-- column: click_key",
                    "-- input: kept_m\n-- column: click_key",
                    StringComparison.Ordinal
                ),
                "the input 'kept_m' is not known"
            },
            {
                "m",
                Grown.Replace("input: kept_grown", "input: kept_clicks", StringComparison.Ordinal),
                "the input 'kept_clicks' is not known"
            },
            {
                "m",
                Grown.Replace("input: new_clicks", "input: new_impressions", StringComparison.Ordinal),
                "the input 'new_impressions' is not known"
            },
            {
                "m",
                Hours.Replace("additive", "daily", StringComparison.Ordinal),
                "line 3: refresh is 'daily': temporary, additive, keyed or replace are allowed"
            },
            {
                "m",
                Hours.Replace("-- refresh: additive", "-- refresh:additive", StringComparison.Ordinal),
                "line 3: 'refresh:additive' is not read"
            },
            {
                "m",
                Hours.Replace("input: impressions", "input: impresions", StringComparison.Ordinal),
                "the input 'impresions' is not known; there are "
            },
            {
                "m",
                Hours.Replace("columns event_date", "columns event_day", StringComparison.Ordinal),
                "the input impressions has no column 'event_day'"
            },
            {
                "m",
                Hours.Replace("hour integer", "hour int", StringComparison.Ordinal),
                "line 6: a column is its name and its type: string, long, integer"
            },
            {
                "m",
                Hours.Replace("grain: event_date, hour", "grain: event_date, hours", StringComparison.Ordinal),
                "grain names 'hours', which is no column; columns are event_date, hour, impressions"
            },
            {
                "m",
                Hours.Replace("grain: event_date, hour", "grain: hour", StringComparison.Ordinal),
                "an additive model needs event_date in its grain"
            },
            {
                "m",
                Hours.Replace("impressions long", "impressions string", StringComparison.Ordinal),
                "the column impressions of an additive model is neither in its grain nor a number"
            },
            {
                "m",
                Hours.Replace("event_date date", "event_date string", StringComparison.Ordinal),
                "the column event_date is string"
            },
            {
                "m",
                Hours.Replace("not_null(event_date, hour)", "not_null(event_date, hours)", StringComparison.Ordinal),
                "hours"
            },
            {
                "m",
                Hours.Replace("as hour,", "as hours,", StringComparison.Ordinal),
                "the SELECT gives no column 'hour', which the header names; it gives event_date, hours, impressions"
            },
            {
                "m",
                Hours.Replace("count(*) as", "1 as one, count(*) as", StringComparison.Ordinal),
                "the SELECT gives a column 'one', which the header does not name"
            },
            { "m", Hours.Replace("count(*)", "count(event_id)", StringComparison.Ordinal), "event_id" },
            { "m", Hours.Replace("count(*)", "count(*", StringComparison.Ordinal), "syntax error" },
            {
                "m",
                Hours.Replace("count(*)", "count(*) + length($target)", StringComparison.Ordinal),
                "it has a parameter (?, $1 or $name), which nothing gives a value"
            },
            {
                "m",
                Hours.Replace("group by", "; drop table impressions; --", StringComparison.Ordinal),
                "a model is one SELECT"
            },
            { "m", Hours + "\nselect 1", "a model is one SELECT" },
            {
                "m",
                Hours.Replace("from impressions", "from clicks", StringComparison.Ordinal),
                "it reads 'clicks', which the header does not name as an input; inputs are impressions"
            },
            {
                "m",
                Hours.Replace("from impressions", "from 'secret.csv'", StringComparison.Ordinal),
                "it reads 'secret.csv', which the header does not name"
            },
            {
                "m",
                Hours.Replace("from impressions", "from secret.csv", StringComparison.Ordinal),
                "it reads 'csv', which the header does not name"
            },
            {
                "m",
                Hours.Replace("from impressions", "from impressions, read_csv('x')", StringComparison.Ordinal),
                "the table function read_csv is not allowed in a model"
            },
            {
                "m",
                Hours.Replace("from impressions", "from impressions, read_parquet('x')", StringComparison.Ordinal),
                "the table function read_parquet is not allowed in a model"
            },
            {
                "m",
                Hours.Replace(
                    "count(*)",
                    "count(*) + (with \"x.csv\" as (select 1) select 1)",
                    StringComparison.Ordinal
                ),
                "'x.csv' as the name of a subquery is not allowed"
            },
            {
                "m",
                Hours.Replace(
                    "not_null(event_date, hour)",
                    "none(hour in (select 1 from 'x.csv'))",
                    StringComparison.Ordinal
                ),
                "it reads 'x.csv'"
            },
            {
                "m",
                Hours.Replace(
                    "not_null(event_date, hour)",
                    "none(true) union select count(*) from 'x.csv' where (true)",
                    StringComparison.Ordinal
                ),
                "syntax error"
            },
            {
                "m",
                Hours.Replace(
                    "select event_date",
                    "-- ;\nselect cast(now() as date) as event_date",
                    StringComparison.Ordinal
                ),
                "now is not allowed: its value is another at each run"
            },
            {
                "m",
                Hours.Replace("select event_date", "select current_date as event_date", StringComparison.Ordinal),
                "current_date is not allowed"
            },
            {
                "m",
                Hours.Replace("count(*)", "cast(random() * 9 as bigint)", StringComparison.Ordinal),
                "random is not allowed"
            },
            {
                "m",
                Seen.Replace("-- column: event_date date\n", "", StringComparison.Ordinal),
                "a keyed model needs a column event_date"
            },
            {
                "m",
                Seen.Replace("rows: clicks; click_key", "rows: clicks; key", StringComparison.Ordinal),
                "the key 'key', which is no column"
            },
            {
                "m",
                Seen.Replace("tied by user_key", "tied by user_key = usr", StringComparison.Ordinal),
                "the input impressions has no column 'usr'"
            },
            {
                "m",
                Joined.Replace("joined by campaign_id", "joined by user_key", StringComparison.Ordinal),
                "the input campaigns has no column 'user_key'"
            },
            {
                "m",
                Joined.Replace("joined by campaign_id", "joined by target_ctr_millionths", StringComparison.Ordinal),
                "campaigns is joined by 'target_ctr_millionths', which no input that is summed has for a column"
            },
            { "m", "select 1", "refresh is missing, so nothing is stored, and no other model reads it" },
            { "m", "", "there is no SELECT" },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_model_is_told_in_one_line(string name, string text, string expected)
    {
        var models = Models((name, text));
        var (code, output, error) = await CliRun.RunAsync("run", "--models", models, "--lake", _folder.At("nowhere"));
        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.StartsWith($"adx: --models: {Path.Combine(models, name + ".sql")}", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Folders_that_are_wrong_are_told()
    {
        await ExpectAsync(_folder.At("none"), "no such folder of models");
        Directory.CreateDirectory(_folder.At("empty"));
        await ExpectAsync(_folder.At("empty"), "no model in it");
        var circle = Models(
            (
                "a",
                Mean.Replace("hourly", "b", StringComparison.Ordinal)
                    .Replace("clicks_seen", "b", StringComparison.Ordinal)
            ),
            (
                "b",
                Mean.Replace("hourly", "a", StringComparison.Ordinal)
                    .Replace("clicks_seen", "a", StringComparison.Ordinal)
            )
        );
        await ExpectAsync(circle, "model a reads itself through");
        Directory.CreateDirectory(Path.Combine(circle, "below"));
        File.WriteAllText(Path.Combine(circle, "below", "a.sql"), Hours);
        await ExpectAsync(circle, "makes the model a, too");

        async Task ExpectAsync(string models, string expected)
        {
            var (code, _, error) = await CliRun.RunAsync("run", "--models", models, "--lake", _folder.At("nowhere"));
            Assert.Equal(2, code);
            Assert.Contains(expected, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_select_that_fails_on_its_data_names_its_model()
    {
        await using var lake = await LakeAsync();
        var models = Models(
            (
                "hourly",
                Hours
                    .Replace("count(*)", "count(*) + sum(cast(user_id as bigint))", StringComparison.Ordinal)
                    .Replace(
                        "columns event_date, event_time",
                        "columns event_date, event_time, user_id",
                        StringComparison.Ordinal
                    )
            )
        );
        var (code, _, error) = await CliRun.RunAsync("run", "hourly", "--models", models, "--lake", LakeOf(lake));
        Assert.Equal(1, code);
        Assert.StartsWith("adx: model hourly: ", error, StringComparison.Ordinal);
        Assert.Contains("u1", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restatements_can_be_asked_for()
    {
        await using var lake = await LakeAsync();
        var text = Hours
            .Replace("additive", "replace\n-- publish: cells", StringComparison.Ordinal)
            .Replace(
                "-- column: impressions long",
                "-- column: impressions long\n-- column: cost_micros long",
                StringComparison.Ordinal
            )
            .Replace(
                "count(*) as impressions",
                "count(*) as impressions, count(*) * 2500000 as cost_micros",
                StringComparison.Ordinal
            );
        var models = Models(("hourly", text));
        Assert.Contains(
            "no restatements yet",
            (await CliRun.RunAsync("restatements", "--lake", LakeOf(lake))).Error,
            StringComparison.Ordinal
        );
        Assert.Equal(0, (await CliRun.RunAsync("run", "hourly", "--models", models, "--lake", LakeOf(lake))).Code);
        await lake.AddAsync("impressions", [Event("i5", "2024-03-01 10:30:00", "u1")]);
        Assert.Equal(0, (await CliRun.RunAsync("run", "hourly", "--models", models, "--lake", LakeOf(lake))).Code);

        var (_, table, error) = await CliRun.RunAsync(
            "restatements",
            "--lake",
            LakeOf(lake),
            "--from",
            "2024-03-01",
            "--to",
            "2024-03-01",
            "--since",
            "2024-03-01",
            "--model",
            "hourly"
        );
        Assert.True(table.Contains("event_date:2024-03-01,hour:10", StringComparison.Ordinal), table + error);
        Assert.Contains("2.500000", table, StringComparison.Ordinal);
        Assert.Contains("impressions 1 → 2 (+1 file of 2024-03-01)", table, StringComparison.Ordinal);
        var (_, csv, _) = await CliRun.RunAsync(
            "restatements",
            "--lake",
            LakeOf(lake),
            "--format",
            "csv",
            "--measure",
            "cost_micros"
        );
        Assert.Contains(",hourly,2,changed,,2024-03-01,", csv, StringComparison.Ordinal);
        Assert.Contains(",cost_micros,2500000,5000000,", csv, StringComparison.Ordinal);
        var (refused, none, unknown) = await CliRun.RunAsync(
            "restatements",
            "--lake",
            LakeOf(lake),
            "--campaign",
            "it's",
            "--json"
        );
        Assert.Equal((1, ""), (refused, none));
        Assert.Contains("it's", unknown, StringComparison.Ordinal);
        Assert.Equal(2, (await CliRun.RunAsync("restatements", "--lake", LakeOf(lake), "--since", "02.03.2024")).Code);
        Assert.Equal(
            2,
            (
                await CliRun.RunAsync(
                    "restatements",
                    "--lake",
                    LakeOf(lake),
                    "--from",
                    "2024-03-02",
                    "--to",
                    "2024-03-01"
                )
            ).Code
        );
    }

    private static async Task<FactLake> LakeAsync()
    {
        var lake = await FactLake.CreateAsync();
        await lake.AddAsync(
            "impressions",
            [Event("i1", "2024-03-01 10:00:00", "u1"), Event("i2", "2024-03-01 11:00:00", "u2")]
        );
        await lake.AddAsync("clicks", [Event("c1", "2024-03-01 10:05:00", "u1")]);
        return lake;
    }

    private static Dictionary<string, string> Event(string id, string time, string user) =>
        new()
        {
            ["event_id"] = id,
            ["event_time"] = time,
            ["user_id"] = user,
        };

    private static string LakeOf(FactLake lake) => Path.Combine(lake.Folder, "lake");

    private static async Task<string> QueryAsync(FactLake lake, string sql)
    {
        var (code, output, error) = await CliRun.RunAsync("query", sql, "--format", "csv", "--lake", LakeOf(lake));
        Assert.True(code == 0, error);
        return output.ReplaceLineEndings("\n");
    }

    private static async Task<string> HistoryAsync(FactLake lake, string table)
    {
        using var history = System.Text.Json.JsonDocument.Parse(
            (await CliRun.RunAsync("lake", "history", table, "--json", "--lake", LakeOf(lake))).Output
        );
        return string.Concat(
            history
                .RootElement.EnumerateArray()
                .Where(commit => commit.GetProperty("files_added").GetInt32() > 0)
                .Reverse()
                .Select(commit =>
                    $"{commit.GetProperty("operation").GetString()},{commit.GetProperty("rows_added").GetInt64()}\n"
                )
        );
    }

    private string Models(params (string Name, string Text)[] models)
    {
        var folder = Directory.CreateDirectory(_folder.At("models")).FullName;
        foreach (var (name, text) in models)
            File.WriteAllText(Path.Combine(folder, name + ".sql"), text);
        return folder;
    }
}
