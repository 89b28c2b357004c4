using System.Text;
using System.Text.RegularExpressions;
using AdvertiseX.Engines;
using AdvertiseX.Models;
using AdvertiseX.Reports;
using AdvertiseX.Reports.Explaining;
using AdvertiseX.Reports.WhatIf;
using AdvertiseX.Tests.Engines;

namespace AdvertiseX.Tests.Models;

/// <summary>Models, refreshes and reports speak to an engine in its own dialect, and otherwise in words that DuckDB and
/// Spark share.</summary>
public sealed partial class EngineWordsTests
{
    [Fact(Explicit = true)]
    public async Task Refreshes_and_reports_come_to_the_same_in_Sparks_words()
    {
        await using var one = await FactLake.CreateAsync();
        await using var other = await FactLake.CreateAsync();
        using var spark = new SparkWordsEngine(other.Engine);
        var random = new Random(21);
        var facts = RandomTraffic
            .Create(random, 80)
            .Concat(RandomAuctions.Create(random, 30).Select(Renamed))
            .ToArray();
        random.Shuffle(facts);
        foreach (var lake in (FactLake[])[one, other])
        {
            IQueryEngine engine = lake == one ? one.Engine : spark;
            await lake.DescribeAsync(RandomDescriptions.Create(new Random(3)));
            foreach (var batch in facts.Chunk((facts.Length / 2) + 1))
            {
                foreach (var table in batch.GroupBy(fact => fact.Table))
                    await lake.AddAsync(table.Key, table.Select(fact => fact.Record));
                await RunAsync(lake, engine);
            }
        }

        foreach (var model in ModelCatalog.Shipped.Ordered)
            Assert.Equal(await one.RowsAsync(model.Name), await other.RowsAsync(model.Name));
        var conversion = (await one.RowsAsync("conversion_attribution", ["conversion_id"]))[0];
        var reports = await ReportsAsync(one.Engine, one, conversion);
        Assert.DoesNotContain(reports, report => report.Length == 0);
        Assert.Equal(reports, await ReportsAsync(spark, other, conversion));

        Assert.True(spark.Statements.Count > 200, $"{spark.Statements.Count} statements");
        Assert.All(spark.Statements, statement => Assert.DoesNotMatch(DuckDbOnly(), Bare(statement)));
    }

    /// <summary>What the test above would find.</summary>
    [Theory]
    [InlineData("select epoch_us(t) from a")]
    [InlineData("select a // b from t")]
    [InlineData("select cast(a as varchar) from t")]
    [InlineData("select a::bigint from t")]
    [InlineData("select * exclude (a) from t")]
    [InlineData("select \"a\" from t")]
    public void Words_of_DuckDb_alone_are_found(string sql) => Assert.Matches(DuckDbOnly(), Bare(sql));

    private static async Task RunAsync(FactLake lake, IQueryEngine engine)
    {
        var options = new ModelRunnerOptions { ScratchDirectory = lake.Folder, ModelsAtOnce = 1 };
        await new ModelRunner(engine, options: options).RunAsync(lake.Lake);
    }

    private static async Task<List<string>> ReportsAsync(IQueryEngine engine, FactLake lake, string conversion)
    {
        var texts = new List<string>();
        foreach (var subject in Enum.GetValues<ReportSubject>())
            await AddAsync(
                PerformanceReport.ReadAsync(engine, lake.Lake, new() { Subject = subject, By = ReportPeriod.Day })
            );
        await AddAsync(PerformanceReport.ReadAsync(engine, lake.Lake, new() { By = ReportPeriod.Hour }));
        await AddAsync(
            PerformanceReport.ReadAsync(
                engine,
                lake.Lake,
                new()
                {
                    Pacing = true,
                    Completeness = true,
                    Reach = true,
                }
            )
        );
        await AddAsync(
            PerformanceReport.ReadAsync(
                engine,
                lake.Lake,
                new()
                {
                    By = ReportPeriod.Week,
                    Net = true,
                    Completeness = true,
                    Reach = true,
                    ByInteraction = true,
                }
            )
        );
        await AddAsync(
            PerformanceReport.ReadAsync(
                engine,
                lake.Lake,
                new()
                {
                    By = ReportPeriod.Month,
                    Completeness = true,
                    Model = "linear",
                    Campaigns = ["m0", @"o'h\ara"],
                    Advertisers = ["a0", "`"],
                }
            )
        );
        await AddAsync(PerformanceReport.ReadAsync(engine, lake.Lake, new() { Pacing = true, To = new(2024, 3, 3) }));
        await AddAsync(FunnelReport.ReadAsync(engine, lake.Lake, new() { By = ReportPeriod.Day }));
        await AddAsync(AuctionReport.ReadAsync(engine, lake.Lake, new() { By = ReportPeriod.Week, Net = true }));
        await AddAsync(AuctionReport.ReadLandscapeAsync(engine, lake.Lake, new() { By = ReportPeriod.Month }));
        texts.AddRange(await PerformanceReport.NotesAsync(engine, lake.Lake, new()));
        var models = new ModelRunnerOptions { ScratchDirectory = lake.Folder };
        var report = await WhatIfEvaluation.RunAsync(
            engine,
            lake.Lake,
            new()
            {
                ClickWindow = TimeSpan.FromDays(2),
                ViewWindow = TimeSpan.Zero,
                By = WhatIfGrain.Day,
                Campaigns = ["m0"],
            },
            models
        );
        texts.AddRange(report.Rows.Concat(report.Totals).Select(row => row.ToString()));
        var explained = await ConversionExplainer.ReadAsync(engine, lake.Lake, conversion, models);
        texts.Add(explained.Conversion.ToString());
        texts.AddRange(
            explained.Candidates.Select(candidate =>
                $"{candidate.Id} {candidate.Lost} {candidate.Position} {string.Join(", ", candidate.Credits)}"
            )
        );
        var figure = (
            await lake.RowsAsync("campaign_performance", ["campaign_id", "local_date"], "where impressions > 0")
        )[0]
            .Split(" | ");
        var cell = await CellExplainer.ReadAsync(
            engine,
            lake.Lake,
            new CellOptions(figure[0], DateOnly.ParseExact(figure[1], "yyyy-MM-dd"), CellMetric.Find("roas")!),
            models
        );
        texts.AddRange(
            cell.Figures.Select(each => each.ToString()).Concat(cell.Sources.Select(each => each.ToString()))
        );
        return texts;

        async Task AddAsync(Task<QueryResult> started)
        {
            using var result = await started;
            using var csv = new MemoryStream();
            CsvResultWriter.Write(result, csv);
            texts.Add(Encoding.UTF8.GetString(csv.ToArray()));
        }
    }

    // Ids of the two kinds of traffic are the same.
    private static (string Table, Dictionary<string, string> Record) Renamed(
        (string Table, Dictionary<string, string> Record) fact
    )
    {
        foreach (var id in (string[])["event_id", "impression_id"])
            if (fact.Record.TryGetValue(id, out var value))
                fact.Record[id] = "auction-" + value;
        return fact;
    }

    /// <summary>A statement without its literals and comments.</summary>
    private static string Bare(string sql) => Texts().Replace(sql, "''");

    [GeneratedRegex(@"--[^\n]*|'(?:[^'\\]|\\.)*'")]
    private static partial Regex Texts();

    [GeneratedRegex(
        """
            \b(epoch_us|make_timestamptz|strftime|hash|datediff|json_object|list_\w+|unnest|read_parquet|struct_pack|columns)\s*\(
            | \b(varchar|timestamptz|blob|hugeint|exclude|qualify|ilike|glob|summarize|by\s+name|order\s+by\s+all)\b
            | // | :: | "
            """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex DuckDbOnly();
}
