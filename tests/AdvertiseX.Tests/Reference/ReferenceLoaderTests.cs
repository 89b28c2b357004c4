using AdvertiseX.Reference;
using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Reference;

public sealed class ReferenceLoaderTests
{
    [Fact]
    public async Task A_folder_of_csv_becomes_tables_and_the_same_again_changes_nothing()
    {
        await using var lake = await FactLake.CreateAsync();
        var folder = Directory.CreateDirectory(Path.Combine(lake.Folder, "reference")).FullName;
        await WriteAsync(
            folder,
            "campaigns.csv",
            "campaign_id,name,timezone,currency,budget,click_window,view_window,target_ctr\nshoes,\"Shoes, \"\"new\"\"\",Europe/Berlin,eur,1500.5,12h,PT6H,0.01\nhats,,,,,,,\n"
        );
        await WriteAsync(
            folder,
            "rates.csv",
            "campaign_id;pricing_model;rate;valid_from;valid_to\nshoes;CPM;2.5;;2024-03-31\nshoes;cpc;0.000001;2024-03-31;2024-04-01T12:15:00+02:00\n"
        );
        await WriteAsync(folder, "creatives.csv", "creative_id,campaign_id,size\ncr1,shoes,300x250\n");
        await WriteAsync(folder, "sites.json", """[{"site_id": "s1", "domain": "news.example", "category": "news"}]""");
        await WriteAsync(
            folder,
            "users.ndjson",
            """{"user_id": "ann", "age_band": "25-34"}""" + "\n" + """{"user_id": "bob"}"""
        );
        var loader = new ReferenceLoader(lake.Lake);
        var results = await loader.LoadAsync([folder], TestContext.Current.CancellationToken);
        Assert.Equal(
            ["campaigns 2 True", "campaign_rates 2 True", "creatives 1 True", "sites 1 True", "users 2 True"],
            results.Select(result => $"{result.Table} {result.Rows} {result.Changed}")
        );
        Assert.Equal(
            [
                "hats |  |  |  |  |  |  | ",
                "shoes | Shoes, \"new\" | Europe/Berlin | EUR | 1500500000 | 43200000000 | 21600000000 | 10000",
            ],
            await lake.RowsAsync(
                "campaigns",
                [
                    "campaign_id",
                    "campaign_name",
                    "time_zone",
                    "currency",
                    "budget_micros",
                    "click_window_micros",
                    "view_window_micros",
                    "target_ctr_millionths",
                ]
            )
        );
        // The 31st of March begins at 23:00 UTC the day before, and has 23 hours.
        Assert.Equal(
            [
                "shoes | cpc | 1 | 1 | 2024-03-30 23:00:00+00 | 2024-04-01 10:15:00+00",
                "shoes | cpm | 2500000 | 2500 |  | 2024-03-30 23:00:00+00",
            ],
            await lake.RowsAsync(
                "campaign_rates",
                ["campaign_id", "pricing_model", "rate_micros", "rate_per_event_micros", "valid_from", "valid_to"]
            )
        );
        Assert.Equal(
            ["s1 | news.example | news"],
            await lake.RowsAsync("sites", ["site_id", "domain", "content_category"])
        );

        Assert.All(
            await loader.LoadAsync([folder], TestContext.Current.CancellationToken),
            result => Assert.False(result.Changed)
        );
        await WriteAsync(folder, "creatives.csv", "creative_id,campaign_id,size\ncr2,hats,\n");
        var changed = (await loader.LoadAsync([folder], TestContext.Current.CancellationToken)).Single(result =>
            result.Changed
        );
        Assert.Equal("creatives", changed.Table);
        Assert.Equal(["cr2 | hats"], await lake.RowsAsync("creatives", ["creative_id", "campaign_id"]));
    }

    [Fact]
    public async Task Targets_keep_their_decimals_and_ad_groups_have_names()
    {
        await using var lake = await FactLake.CreateAsync();
        await WriteAsync(
            lake.Folder,
            "targets.csv",
            "level,id,metric,target,from,to\nCampaign,shoes,CPA,12.5,,2024-03-31\ncampaign,shoes,cpa,12.000001,2024-04-01,\n"
                + "ad_group,ag1,impressions,250000,2024-03-01,2024-03-31\ncreative,cr1,ctr,0.015,,\n"
        );
        await WriteAsync(lake.Folder, "groups.csv", "ad_group,name,campaign_id\nag1,Runners,shoes\nag2,,shoes\n");
        var results = await new ReferenceLoader(lake.Lake).LoadAsync(
            [Path.Combine(lake.Folder, "targets.csv"), Path.Combine(lake.Folder, "groups.csv")],
            TestContext.Current.CancellationToken
        );
        Assert.Equal(["ad_groups 2", "targets 4"], results.Select(result => $"{result.Table} {result.Rows}"));
        Assert.Equal(
            [
                "ad_group | ag1 | impressions | 250000000000 | 2024-03-01 | 2024-03-31",
                "campaign | shoes | cpa | 12000001 | 2024-04-01 | ",
                "campaign | shoes | cpa | 12500000 |  | 2024-03-31",
                "creative | cr1 | ctr | 15000 |  | ",
            ],
            await lake.RowsAsync("targets", ["level", "id", "metric", "target_millionths", "valid_from", "valid_to"])
        );
        Assert.Equal(["ag1 | Runners", "ag2 | "], await lake.RowsAsync("ad_groups", ["ad_group_id", "ad_group_name"]));
    }

    [Fact]
    public async Task Json_campaigns_carry_their_rates_and_lists()
    {
        await using var lake = await FactLake.CreateAsync();
        await WriteAsync(
            lake.Folder,
            "c.json",
            """
            {"campaign_id": 17, "advertiser": "acme", "time_zone": "America/New_York", "primary_conversion_types": ["purchase", "lead"],
             "rates": [{"pricing_model": "cpa", "rate": 12, "from": "2024-03-10"}]}
            """
        );
        await new ReferenceLoader(lake.Lake).LoadAsync(
            [Path.Combine(lake.Folder, "c.json")],
            TestContext.Current.CancellationToken
        );
        Assert.Equal(
            ["17 | acme | purchase|lead"],
            await lake.RowsAsync("campaigns", ["campaign_id", "advertiser_id", "primary_conversion_types"])
        );
        Assert.Equal(
            ["17 | 12000000 | 2024-03-10 05:00:00+00"],
            await lake.RowsAsync("campaign_rates", ["campaign_id", "rate_micros", "valid_from"])
        );
    }

    [Theory]
    [InlineData(
        "campaign_id,time_zone\nc,Mars/Olympus\n",
        "row 1, time_zone: 'Mars/Olympus', expected an IANA time zone such as Europe/Berlin"
    )]
    [InlineData(
        "campaign_id,currency\na,EUR\nb,EURO\n",
        "row 2, currency: 'EURO', expected an ISO 4217 code such as EUR"
    )]
    [InlineData(
        "campaign_id,click_window\nc,24\n",
        "row 1, click_window: '24', expected a duration of at most 90 days such as 24h, 7d, 30m or PT12H"
    )]
    [InlineData(
        "campaign_id,view_window\nc,91d\n",
        "row 1, view_window: '91d', expected a duration of at most 90 days such as 24h, 7d, 30m or PT12H"
    )]
    [InlineData(
        "campaign_id,budget\nc,-1\n",
        "row 1, budget: '-1', expected a decimal number, not negative, of at most 6 places"
    )]
    [InlineData(
        "campaign_id,budget\nc,0.0000001\n",
        "row 1, budget: '0.0000001', expected a decimal number, not negative, of at most 6 places"
    )]
    [InlineData("campaign_id,name\n,Nobody\n", "row 1, campaign_id: expected a value")]
    [InlineData("campaign_id,name\nc,\nc,\n", "row 2, campaign_id: 'c', expected each id once")]
    [InlineData("campaign_id,name\nc,a,b\n", "row 1: '3 fields', expected 2 fields, as in the header")]
    [InlineData("campaign_id,name\nc,\"open\n", "row 1: 'a quote that never closes', expected CSV")]
    [InlineData("campaign_id,\"name\nc,open\n", "the header: 'a quote that never closes', expected CSV")]
    [InlineData(
        "campaign_id,pricing_model,rate\nc,cpm,0.0015\n",
        "row 1, rate: '0.0015', expected a CPM rate of whole thousandths (at most 3 places)"
    )]
    [InlineData("campaign_id,pricing_model,rate\nc,cpv,1\n", "row 1, pricing_model: 'cpv', expected cpm, cpc or cpa")]
    [InlineData(
        "campaign_id,pricing_model,rate,valid_from\nc,cpc,1,2024-03-01\n",
        "row 1, valid_from: '2024-03-01', expected an instant such as 2024-03-01T00:00:00Z"
    )]
    [InlineData(
        "campaign_id,pricing_model,rate,valid_from\nc,cpc,1,2024-03-01T00:10:00Z\n",
        "row 1, valid_from: '2024-03-01T00:10:00Z', expected a time on a quarter of an hour"
    )]
    [InlineData(
        "campaign_id,pricing_model,rate,valid_from,valid_to\nc,cpc,1,2024-03-02T00:00:00Z,2024-03-01T00:00:00Z\n",
        "row 1, valid_to: '2024-03-01T00:00:00Z', expected a time after valid_from"
    )]
    [InlineData("campaign_id,pricing_model,rate\nc,cpc,1\nc,cpc,2\n", "row 2: expected rates of c that do not overlap")]
    [InlineData(
        "level,id,metric,target\nsite,s,ctr,1\n",
        "row 1, level: 'site', expected campaign, ad_group, creative"
    )]
    [InlineData(
        "level,id,metric,target\ncampaign,c,reach,1\n",
        "row 1, metric: 'reach', expected impressions, clicks, conversions, revenue, spend, ctr, cvr, cpc, cpm, cpa, roas, viewable_rate"
    )]
    [InlineData(
        "level,id,metric,target\ncampaign,c,ctr,0\n",
        "row 1, target: '0', expected a decimal number above 0 of at most 6 places"
    )]
    [InlineData(
        "level,id,metric,target\ncampaign,c,ctr,0.0000001\n",
        "row 1, target: '0.0000001', expected a decimal number above 0 of at most 6 places"
    )]
    [InlineData("level,id,metric,target\ncampaign,c,ctr,\n", "row 1, target: expected a value")]
    [InlineData("level,id,metric,target\ncampaign,,ctr,1\n", "row 1, id: expected a value")]
    [InlineData(
        "level,id,metric,target,from\ncampaign,c,ctr,1,03/01/2024\n",
        "row 1, valid_from: '03/01/2024', expected a date such as 2024-03-01"
    )]
    [InlineData(
        "level,id,metric,target,from,to\ncampaign,c,ctr,1,2024-03-02,2024-03-01\n",
        "row 1, valid_to: '2024-03-01', expected a date not before valid_from"
    )]
    [InlineData(
        "level,id,metric,target,from,to\ncampaign,c,ctr,1,,2024-03-02\nCampaign,c,CTR,2,2024-03-02,\n",
        "row 2: expected targets of campaign c for ctr that do not overlap"
    )]
    [InlineData("ad_group_id,name\na,x\na,y\n", "row 2, ad_group_id: 'a', expected each id once")]
    public async Task A_wrong_value_is_named_with_its_row_and_column(string csv, string expected)
    {
        await using var lake = await FactLake.CreateAsync();
        var file = Path.Combine(lake.Folder, "reference.csv");
        await File.WriteAllTextAsync(file, csv, TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<ReferenceException>(() =>
            new ReferenceLoader(lake.Lake).LoadAsync([file], TestContext.Current.CancellationToken)
        );
        Assert.Equal($"{file}, {expected}", error.Message);
        Assert.DoesNotContain(lake.Lake.Tables, table => table.Name.StartsWith("campaign", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(
        "who,what\na,b\n",
        " is no reference file: it has who, what; known are files with a creative_id, ad_group_id, campaign_id, user_id, site_id or advertiser_id, or with level and metric"
    )]
    [InlineData("", " is empty")]
    [InlineData("[]", " has no records")]
    [InlineData(
        "who\n",
        " is no reference file: it has who; known are files with a creative_id, ad_group_id, campaign_id, user_id, site_id or advertiser_id, or with level and metric"
    )]
    [InlineData("campaign_id,budget,budget\n", ", the header, budget: 'budget, budget', expected each column once")]
    [InlineData("[1]", ", row 1: 'Number', expected an object")]
    public async Task A_file_that_describes_nothing_is_refused(string content, string expected)
    {
        await using var lake = await FactLake.CreateAsync();
        var file = Path.Combine(lake.Folder, "file.txt");
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<ReferenceException>(() =>
            new ReferenceLoader(lake.Lake).LoadAsync([file], TestContext.Current.CancellationToken)
        );
        Assert.Equal(file + expected, error.Message);
    }

    [Fact]
    public async Task A_header_alone_empties_its_table_and_no_other()
    {
        await using var lake = await FactLake.CreateAsync();
        var folder = Directory.CreateDirectory(Path.Combine(lake.Folder, "reference")).FullName;
        await WriteAsync(folder, "sites.csv", "site_id,domain\ns1,news.example\n");
        await WriteAsync(folder, "rates.csv", "campaign_id,pricing_model,rate\nshoes,cpm,2.5\n");
        var loader = new ReferenceLoader(lake.Lake);
        await loader.LoadAsync([folder], TestContext.Current.CancellationToken);
        await WriteAsync(folder, "rates.csv", "campaign_id,pricing_model,rate");
        await WriteAsync(folder, "more-sites.csv", "site_id,domain\n");
        Assert.Equal(
            ["campaign_rates 0 True", "sites 1 False"],
            (await loader.LoadAsync([folder], TestContext.Current.CancellationToken)).Select(result =>
                $"{result.Table} {result.Rows} {result.Changed}"
            )
        );
        Assert.Empty(await lake.RowsAsync("campaign_rates", ["campaign_id"]));
        Assert.Single(await lake.RowsAsync("sites", ["site_id"]));
    }

    /// <summary>Latin 1, so that each letter is a byte of the file.</summary>
    [Theory]
    [InlineData("campaign_id,name\na,x\nb\u00ff,y\n", "row 2, campaign_id: 'b\ufffd', expected text in UTF-8")]
    [InlineData("campaign_id,name\na,x\nb,\u00fcber\n", "row 2, name: '\ufffdber', expected text in UTF-8")]
    [InlineData("campaign_id,n\u00ffme\na,x\n", "the header: 'n\ufffdme', expected text in UTF-8")]
    [InlineData("campaign_id,name\na\0b,x\n", "row 1, campaign_id: 'a\0b', expected text without a NUL character")]
    [InlineData(
        "campaign_id,Campaign_ID\na,b\n",
        "row 1, campaign_id: 'campaign_id, campaign_id', expected each column once"
    )]
    [InlineData("campaign_id,note,note\na,b,c\n", "row 1, note: 'note, note', expected each column once")]
    [InlineData("creative_id,ad_id\na,b\n", "row 1, creative_id: 'creative_id, ad_id', expected each column once")]
    [InlineData("{\"campaign_id\":\"a\"}\n{\"campaign_id\":\"\u00ff\"}", "row 2, campaign_id: expected text in UTF-8")]
    [InlineData("{\"campaign_id\":\"a\",\"n\u00ff\":1}", "row 1: expected text in UTF-8")]
    [InlineData("{\"campaign_id\":\"\\ud800\"}", "row 1, campaign_id: expected text in UTF-8")]
    [InlineData("{\"campaign_id\":\"a\\u0000\"}", "row 1, campaign_id: 'a\0', expected text without a NUL character")]
    [InlineData(
        "{\"campaign_id\":\"a\",\"campaign_id\":\"b\"}",
        "row 1, campaign_id: 'campaign_id, campaign_id', expected each column once"
    )]
    [InlineData(
        "[{\"campaign_id\":\"a\",\"starts\":\"2024-03-01\",\"start_date\":null}]",
        "row 1, start_date: 'start_date, starts', expected each column once"
    )]
    [InlineData("{\"campaign_id\":{\"id\":1}}", "row 1, campaign_id: '{\"id\":1}', expected a text or a number")]
    [InlineData("{\"campaign_id\":\"a\",\"rates\":[{\"rate\":{}}]}", "row 1, rate: '{}', expected a text or a number")]
    public async Task What_is_no_text_or_ambiguous_is_named_with_its_row_and_column(string bytes, string expected)
    {
        await using var lake = await FactLake.CreateAsync();
        var file = Path.Combine(lake.Folder, "reference");
        await File.WriteAllBytesAsync(
            file,
            System.Text.Encoding.Latin1.GetBytes(bytes),
            TestContext.Current.CancellationToken
        );
        var error = await Assert.ThrowsAsync<ReferenceException>(() =>
            new ReferenceLoader(lake.Lake).LoadAsync([file], TestContext.Current.CancellationToken)
        );
        Assert.Equal($"{file}, {expected}", error.Message);
        Assert.DoesNotContain(lake.Lake.Tables, table => table.Name is "campaigns" or "creatives");
    }

    [Fact]
    public async Task A_compressed_file_is_called_so()
    {
        await using var lake = await FactLake.CreateAsync();
        var file = Path.Combine(lake.Folder, "campaigns.csv.gz");
        await File.WriteAllBytesAsync(
            file,
            AdvertiseX.Tests.Ingestion.TempIngest.Gzip("campaign_id\na\n"),
            TestContext.Current.CancellationToken
        );
        var error = await Assert.ThrowsAsync<ReferenceException>(() =>
            new ReferenceLoader(lake.Lake).LoadAsync([file], TestContext.Current.CancellationToken)
        );
        Assert.Equal($"{file} is compressed; decompress it first", error.Message);
    }

    [Fact]
    public async Task An_object_in_a_column_that_is_not_read_does_no_harm()
    {
        await using var lake = await FactLake.CreateAsync();
        await WriteAsync(lake.Folder, "c.json", """{"campaign_id":"a","meta":{"by":"x"}}""");
        var loaded = await new ReferenceLoader(lake.Lake).LoadAsync(
            [Path.Combine(lake.Folder, "c.json")],
            TestContext.Current.CancellationToken
        );
        Assert.Equal(1, Assert.Single(loaded).Rows);
    }

    private static Task WriteAsync(string folder, string name, string content) =>
        File.WriteAllTextAsync(Path.Combine(folder, name), content);
}
