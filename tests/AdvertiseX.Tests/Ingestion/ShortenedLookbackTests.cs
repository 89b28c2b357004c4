using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AdvertiseX.Cli.Ingest;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Sources;
using AdvertiseX.Telemetry;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>Where the filters of a lake do not fit into memory, the report says how far back copies at another time are
/// looked for, and that holds; copies at the same time are found always, and models count every id once.</summary>
public sealed class ShortenedLookbackTests : IDisposable
{
    // Each becomes a filter. The first alone needs more than the least memory that is allowed.
    private static readonly int[] Rounds = [340_000, 10_000, 10_000, 10_000];
    private const int CopiesOfRound = 30;

    private readonly TempIngest _ingest = new()
    {
        Options = new() { KeyFilterMib = 1, KeysWorthAFilter = 4_000 },
    };

    public void Dispose() => _ingest.Dispose();

    [Fact]
    public async Task Copies_are_found_as_far_back_as_the_report_says()
    {
        var arrived = new DateTimeOffset[Rounds.Length];
        foreach (var (round, rows) in Rounds.Index())
        {
            arrived[round] = _ingest.Clock.Now += TimeSpan.FromHours(1);
            var report = await IngestAsync($"{round}.csv", Enumerable.Range(0, rows).Select(i => (round, i)), 0);
            Assert.Equal(rows, report.CountsOf(EventKind.Conversion).Accepted);
        }

        _ingest.Clock.Now += TimeSpan.FromHours(1);
        var copied = Enumerable
            .Range(0, Rounds.Length)
            .SelectMany(round => Enumerable.Range(0, CopiesOfRound).Select(i => (Round: round, Number: i * 97)))
            .ToList();
        var identical = (await IngestAsync("same.csv", copied, 0)).CountsOf(EventKind.Conversion);
        Assert.Equal((copied.Count, 0), (identical.Duplicate, identical.Accepted));

        var lookback = TimeSpan.Zero;
        using var telemetry = new IngestTelemetry();
        using var listener = Listen(telemetry, seconds => lookback = TimeSpan.FromSeconds(seconds));
        var changed = await IngestAsync("changed.csv", copied, 1, telemetry);
        var since = changed.LookedBackTo[EventKind.Conversion];
        // A filter is as old as the run that wrote it, the next.
        Assert.Equal(arrived[2], since);
        Assert.Equal(_ingest.Clock.Now - since, lookback);
        Assert.Equal(
            since,
            JsonSerializer
                .SerializeToElement(IngestJson.Of(changed)["looked_back_to"])
                .GetProperty("conversions")
                .GetDateTimeOffset()
        );
        using var lake = await _ingest.OpenAsync();
        var twice = TempIngest
            .Query(lake, "conversions", "SELECT event_id FROM events GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL")
            .Select(row => row[0])
            .ToList();
        Assert.Equal(copied.Where(copy => copy.Round == 0).Select(copy => IdOf(copy.Round, copy.Number)), twice);
        Assert.Equal(copied.Count - twice.Count, changed.CountsOf(EventKind.Conversion).Rejected);

        var checks = await LakeVerifier.RunAsync(lake);
        Assert.True(checks.Holds, string.Join('\n', checks.Problems));
        Assert.StartsWith($"{twice.Count} events are there again", Assert.Single(checks.Remarks).What);
        await CountAsync(lake, twice.Count);
    }

    private static string IdOf(int round, int number) => $"r{round}-{number:D6}";

    /// <summary>A model counts every id once.</summary>
    private static async Task CountAsync(DataLake lake, int doubled)
    {
        var model = ModelFile.Parse(
            "daily",
            """
            -- Conversions by day.
            -- grain: event_date
            -- refresh: additive
            -- input: conversions; columns event_date
            -- column: event_date date
            -- column: conversions long
            select event_date, count(*) as conversions from conversions group by 1
            """
        );
        var runner = new ModelRunner(SharedEngines.Models, new ModelCatalog([model]), new ModelRunnerOptions());
        var result = Assert.Single(await runner.RunAsync(lake));
        Assert.StartsWith($"conversions: {doubled} rows", Assert.Single(result.Warnings));
        Assert.Equal(
            $"{Rounds.Sum()}",
            Assert.Single(TempIngest.Query(lake, "daily", "SELECT sum(conversions) FROM events"))[0]
        );
    }

    private static MeterListener Listen(IngestTelemetry telemetry, Action<double> hear)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (telemetry.Owns(instrument) && instrument.Name == "adx.ingest.lookback")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => hear(value));
        listener.Start();
        return listener;
    }

    /// <summary>Ingests events of all rounds as one file, as a process of its own would.</summary>
    private async Task<IngestReport> IngestAsync(
        string name,
        IEnumerable<(int Round, int Number)> events,
        int minute,
        IngestTelemetry? telemetry = null
    )
    {
        var text = new StringBuilder("event_id,timestamp,user_id,campaign_id,conversion_type,revenue\n");
        foreach (var (round, number) in events)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{IdOf(round, number)},2024-03-09 10:{minute:D2}:{number % 60:D2},u1,c1,purchase,1\n"
            );
        var path = _ingest.Write(name, text.ToString());
        using var lake = await _ingest.OpenAsync();
        var environment = _ingest.EnvironmentOf(lake);
        if (telemetry is not null)
            environment = environment with { Telemetry = telemetry };
        return await new EventPipeline(environment).RunAsync(
            new SourceCatalog(_ingest.Contracts).Find([path]),
            null,
            default
        );
    }
}
