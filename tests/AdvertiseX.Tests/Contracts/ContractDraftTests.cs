using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Sources;
using AdvertiseX.Tests.Cli;

namespace AdvertiseX.Tests.Contracts;

public sealed class ContractDraftTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Known_spellings_are_taken_as_they_are()
    {
        var draft = Draft(
            "a.json",
            """{"timestamp":"2024-03-01T00:00:00Z","uid":"u","user_id":"u","ad_creative_id":"c","geo":{"country":"DE"}}""",
            Feed.Impressions
        );

        Assert.All(draft.Fields, field => Assert.Equal(DraftBasis.Spelled, field.Basis));
        Assert.Equal(["user_id", "uid"], From(draft, "user_id"));
        Assert.Equal(["geo.country"], From(draft, "country"));
        Assert.True(draft.IsComplete);
    }

    [Theory]
    [InlineData("campaignId", "campaign_id")]
    [InlineData("CAMPAIGN-ID", "campaign_id")]
    [InlineData("payload.campaign_id", "campaign_id")]
    public void Spellings_that_differ_little_are_found(string path, string column)
    {
        var json = path.Contains('.')
            ? $$$"""{"{{{path.Split('.')[0]}}}":{"{{{path.Split('.')[1]}}}":"x1"}}"""
            : $$"""{"{{path}}":"x1"}""";
        var draft = Draft("a.json", json, Feed.Impressions);

        var field = Assert.Single(draft.Fields);
        Assert.Equal(column, field.Field);
        Assert.NotEqual(DraftBasis.Guessed, field.Basis);
    }

    [Fact]
    public void Shapes_and_words_suggest_the_rest_and_are_marked()
    {
        var draft = Draft(
            "a.csv",
            "When,visitor,goal,remote,agent,total,ccy,note\n"
                + "2024-03-01 10:00:00,u1,click,192.0.2.1,Mozilla/5.0 (X11),,EUR,hi\n2024-03-01 10:05:00,u1,sale,2001:db8::1,Mozilla/5.0 (X11),12.50,EUR,ho\n",
            Feed.ClicksConversions
        );

        Assert.Equal(["When"], From(draft, "event_time"));
        Assert.Equal(["goal"], From(draft, "kind"));
        Assert.Equal(["remote"], From(draft, "ip"));
        Assert.Equal(["agent"], From(draft, "user_agent"));
        Assert.Equal(["total"], From(draft, "revenue_micros"));
        Assert.Equal(["ccy"], From(draft, "currency"));
        Assert.All(draft.Fields, field => Assert.Equal(DraftBasis.Guessed, field.Basis));
        Assert.Equal("note", Assert.Single(draft.Unmapped).Path);
    }

    [Theory]
    [InlineData("cpm_price", "per_mille")]
    [InlineData("cost_micros_usd", "micros")]
    [InlineData("my_cost", "per_event")]
    public void Names_of_amounts_tell_their_unit(string name, string unit)
    {
        var draft = Draft("a.json", $$"""{"{{name}}":1.25}""", Feed.Impressions);

        Assert.Equal(("cost_micros", unit), (draft.Fields[0].Field, draft.Fields[0].Unit));
    }

    [Theory]
    [InlineData("""{"publisher":{"number":1100015422}}""")]
    [InlineData("""{"width":1709283900}""")]
    public void A_number_is_no_time_unless_its_name_says_so(string json) =>
        Assert.DoesNotContain(Draft("a.json", json, Feed.Impressions).Fields, field => field.Field == "event_time");

    [Theory]
    [InlineData("impressions")]
    [InlineData("clicks_conversions")]
    [InlineData("bid_requests")]
    public void A_feed_is_recognised_by_its_fields(string feed)
    {
        var json = feed switch
        {
            "impressions" =>
                """{"impression_id":"i","timestamp":"2024-03-01","ad_creative_id":"c","website":"w","viewable":true}""",
            "clicks_conversions" =>
                """{"timestamp":"2024-03-01","conversion_type":"purchase","order_id":"o","revenue":"3"}""",
            _ => """{"auction_id":"a","timestamp":"2024-03-01","bid_floor":1.0,"bid_price":2.0,"won":true}""",
        };

        Assert.Equal(feed, FeedNames.Of(ContractDraft.LikelyFeed(Sample("a.json", json), ContractFile.Shipped)!.Value));
    }

    [Fact]
    public void An_incomplete_draft_says_so() =>
        Assert.False(Draft("a.json", """{"colour":"red"}""", Feed.Impressions).IsComplete);

    [Fact]
    public void The_text_of_a_draft_reads_back_as_the_draft()
    {
        // Values of others must not break out of a comment.
        var draft = Draft(
            "a.json",
            """{"ts":1709283900,"banner":"x\n}, \"feed\": \"bid_requests\"","camp":"*/ //","odd\u2028name":"y","targeting":{"a":1,"b":[2]}}""",
            Feed.Impressions
        );

        var contract = ContractFile.Parse(DraftText.Write(draft, "a\nfile"), "draft").Source;

        Assert.Equal(draft.Contract.Feed, contract.Feed);
        Assert.Equal(draft.Contract.Fields.Keys, contract.Fields.Keys);
        foreach (var field in contract.Fields.Keys)
            Assert.Equal(draft.Contract.Fields[field].From, contract.Fields[field].From);
        Assert.Equal(draft.Contract.Required.Count, contract.Required.Count);
    }

    [Fact]
    public void A_sample_without_a_time_takes_the_day_of_its_name_and_says_so()
    {
        var sample = Sample("a.json", """{"uid":"u","ad_creative_id":"c"}""");
        var shipped = ContractFile.ShippedFor(Feed.Impressions).Source;
        var draft = ContractDraft.Infer(sample, shipped, new DateOnly(2024, 3, 1));

        var text = DraftText.Write(draft, "a-2024-03-01.json");

        Assert.True(draft.IsComplete);
        Assert.False(ContractDraft.Infer(sample, shipped).IsComplete);
        Assert.Contains("// No field looks like a time; the file's name tells a day, 2024-03-01.", text);
        Assert.Equal(["file_date"], ContractFile.Parse(text, "draft").Source.Fields["event_time"].Fallback);
    }

    [Fact]
    public void A_sample_with_a_time_needs_no_day() =>
        Assert.Null(
            ContractDraft
                .Infer(
                    Sample("a.json", """{"ts":1709283900}"""),
                    ContractFile.ShippedFor(Feed.Impressions).Source,
                    new DateOnly(2024, 3, 1)
                )
                .TimeFromFile
        );

    [Fact]
    public void Objects_that_a_column_takes_whole_stay_whole()
    {
        var draft = Draft(
            "a.json",
            """{"auction_id":"a","timestamp":"2024-03-01","targeting":{"segment":"x","keywords":["y"]}}""",
            Feed.BidRequests
        );

        Assert.Equal(["targeting"], From(draft, "targeting"));
        Assert.Empty(draft.Unmapped);
    }

    [Fact]
    public void A_sample_sees_every_field_with_values_from_the_records_that_parse()
    {
        var sample = Sample("a.json", "{\"a\":1}\n{broken\n{\"a\":2,\"b\":{\"c\":[{\"d\":null}]},\"e\":[1,2]}\n");

        Assert.Equal(["1", "2"], sample.Single(field => field.Path == "a").Values);
        Assert.Equal(["[1,2]"], sample.Single(field => field.Path == "e").Values);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("just words")]
    public void What_holds_no_record_is_refused(string content) =>
        Assert.Throws<SourceException>(() => Sample("a.txt", content));

    private static IEnumerable<string> From(ContractDraft draft, string field) =>
        draft.Fields.Single(each => each.Field == field).Sources.Select(source => source.Path);

    private ContractDraft Draft(string name, string content, Feed feed) =>
        ContractDraft.Infer(Sample(name, content), ContractFile.ShippedFor(feed).Source);

    private IReadOnlyList<SampledField> Sample(string name, string content) =>
        FieldSampler.Read(_folder.Write(name, content));
}
