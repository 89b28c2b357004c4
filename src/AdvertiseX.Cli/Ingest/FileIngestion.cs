using AdvertiseX.Cli.Lake;
using AdvertiseX.Cli.Models;
using AdvertiseX.Cli.Text;
using AdvertiseX.Columns;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Sources;

namespace AdvertiseX.Cli.Ingest;

/// <summary>Carries out an <see cref="IngestRequest"/>: files to facts, facts to answers, small files to large
/// ones.</summary>
internal static class FileIngestion
{
    public static async Task<int> RunAsync(IngestRequest request, Terminal terminal, CancellationToken cancellation)
    {
        var sources = new SourceCatalog(request.Contracts, request.Feed).Find(request.Paths);
        if (request.DryRun)
        {
            IngestPlan.Print(sources, request.Json, terminal);
            return ExitCode.Done;
        }

        using var lake = await request.Settings.OpenLakeAsync(terminal, cancellation, create: true);
        var report = await IngestAsync(request, lake, sources, terminal, cancellation);
        // Release the ingest buffers before DuckDB starts, so that the two memory peaks do not add up.
        NativePool.Trim();
        var beganModels = terminal.Clock.GetTimestamp();
        var models =
            request.RefreshModels && !report.Stopped
                ? await ModelRefreshing.RunAsync(
                    lake,
                    request.Settings,
                    request.Models,
                    [],
                    full: false,
                    dryRun: false,
                    terminal,
                    cancellation
                )
                : [];
        var modelsTook = terminal.Clock.GetElapsedTime(beganModels);
        if (!report.Stopped)
            await MaintenanceStep.RunAsync(terminal, lake, request.Settings, request.Models, cancellation);
        if (request.Json)
            terminal.WriteJson(IngestJson.Of(report, lake.Ledger.Version, models));
        else
            IngestSummary.Print(report, request.Settings.LakePath, lake.Ledger.Version, models, modelsTook, terminal);
        return CodeOf(report, request, terminal);
    }

    /// <summary>Ingests with progress; prints nothing else.</summary>
    public static Task<IngestReport> IngestAsync(
        IngestRequest request,
        DataLake lake,
        SourceList sources,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        var pipeline = new EventPipeline(
            new IngestEnvironment(lake) { Options = request.Settings.Ingest, Clock = terminal.Clock }
        );
        return ProgressBar.RunAsync(
            terminal,
            "ingesting",
            latest =>
                Task.Run(
                    () =>
                        pipeline.RunAsync(
                            sources,
                            new ProgressReports<IngestProgress>(now =>
                                latest.Report(
                                    new(now.BytesDone, now.Bytes, "bytes")
                                    {
                                        Ending = now.FilesDone == now.Files ? "committing" : null,
                                    }
                                )
                            ),
                            cancellation
                        ),
                    CancellationToken.None
                )
        );
    }

    private static int CodeOf(IngestReport report, IngestRequest request, Terminal terminal)
    {
        IngestPlan.NoteSkipped(report.Skipped, terminal);
        foreach (var file in report.Failed)
            terminal.Note($"adx: {file.Path} broke off: {file.Reason}; what came before is in the lake");
        if (report.Stopped)
        {
            terminal.Note("adx: stopped at a commit; the same command goes on from there");
            return ExitCode.Failed;
        }

        if (report.Failed.Count > 0)
            return ExitCode.Failed;
        if (request.MaxRejects is not { } most || report.TotalRejected <= most)
            return ExitCode.Done;
        terminal.Note(
            $"adx: {Amounts.Count(report.TotalRejected)} records were rejected, --max-rejects is {Amounts.Count(most)}; adx rejects list shows them"
        );
        return ExitCode.TooManyRejects;
    }
}
