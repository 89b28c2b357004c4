using AdvertiseX.Cli.Configuration;
using AdvertiseX.Cli.Generation;
using AdvertiseX.Cli.Ingest;
using AdvertiseX.Cli.Lake;
using AdvertiseX.Cli.Models;
using AdvertiseX.Cli.Reference;
using AdvertiseX.Contracts;
using AdvertiseX.Engines;
using AdvertiseX.Generation;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Sources;

namespace AdvertiseX.Cli.Demo;

/// <summary>The steps of a demo, in order.</summary>
/// <param name="terminal">Where it shows.</param>
/// <param name="settings">Sizes and the engine's limits. Whatever decides about a line keeps its default, as the feeds'
/// truth does.</param>
/// <param name="path">Absolute path of the demo's folder.</param>
/// <param name="shownPath">The folder as the user named it.</param>
/// <param name="impressions">Impressions to generate.</param>
/// <param name="seed">Seed of the feeds.</param>
internal sealed class DemoRun(
    Terminal terminal,
    AdxSettings settings,
    string path,
    string shownPath,
    long impressions,
    ulong seed
)
{
    private readonly DemoFolder _folder = new(path);
    private readonly AdxSettings _settings = WithDefaultRules(settings) with { LakePath = new DemoFolder(path).Lake };

    public async Task<int> RunAsync(bool json, CancellationToken cancellation)
    {
        var began = terminal.Clock.GetTimestamp();
        var earlier = _folder.Prepare();
        var show = new DemoPrinter(terminal, shownPath, json);
        show.Begin(earlier);
        var made = await GenerateAsync(cancellation);
        show.Generated(made);
        using var lake = await _settings.OpenLakeAsync(terminal, cancellation, create: true);
        await ReferenceLoadCommand.LoadAsync(lake, [_folder.Reference], terminal, cancellation);
        var report = await IngestAsync(lake, cancellation);
        if (report.Stopped)
            throw new OperationCanceledException(cancellation);
        show.Ingested(report);
        var beganModels = terminal.Clock.GetTimestamp();
        var models = await ModelRefreshing.RunAsync(
            lake,
            _settings,
            ModelCatalog.Shipped,
            [],
            full: false,
            dryRun: false,
            terminal,
            cancellation
        );
        show.Modelled(models, terminal.Clock.GetElapsedTime(beganModels));
        await MaintenanceStep.RunAsync(terminal, lake, _settings, ModelCatalog.Shipped, cancellation);
        using var engine = new DuckDbEngine(_settings.Engine, terminal.Clock);
        var outcome = new DemoOutcome(
            made,
            report,
            models,
            await LakeVerifier.RunAsync(lake, LakeVerifyCommand.OptionsOf(_settings), cancellation),
            await new TruthComparison(engine, lake, _folder.Feeds, _folder.Truth).RunAsync(cancellation)
        );
        show.Proven(outcome);
        await show.CampaignsAsync(lake, engine, cancellation);
        show.End(outcome, terminal.Clock.GetElapsedTime(began));
        return outcome.Holds ? ExitCode.Done : ExitCode.Failed;
    }

    private Task<GenerationSummary> GenerateAsync(CancellationToken cancellation)
    {
        var options = new GeneratorOptions
        {
            OutputDirectory = _folder.Feeds,
            Impressions = impressions,
            Seed = seed,
            ForeignOrderRate = 0,
        };
        return GenerateCommand.RunAsync(options, terminal, cancellation);
    }

    private static AdxSettings WithDefaultRules(AdxSettings settings)
    {
        var defaults = new AdxSettings();
        return settings with
        {
            Ingest = settings.Ingest with
            {
                DuplicateLookback = defaults.Ingest.DuplicateLookback,
                Framing = settings.Ingest.Framing with { MaxRecordBytes = defaults.Ingest.Framing.MaxRecordBytes },
                Validation = defaults.Ingest.Validation,
            },
            Models = settings.Models with { TrafficRules = defaults.Models.TrafficRules },
        };
    }

    private Task<IngestReport> IngestAsync(DataLake lake, CancellationToken cancellation)
    {
        var request = new IngestRequest(_folder.FeedFolders, ContractFile.Shipped, _settings);
        var sources = new SourceCatalog(request.Contracts).Find(request.Paths);
        return FileIngestion.IngestAsync(request, lake, sources, terminal, cancellation);
    }
}
