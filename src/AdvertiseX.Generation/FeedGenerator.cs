namespace AdvertiseX.Generation;

/// <summary>
/// Writes synthetic feeds with a known truth: <c>impressions/</c> (NDJSON), <c>clicks_conversions/</c> (CSV),
/// <c>bid_requests/</c> (Avro), <c>reference/</c> (CSV) and <c>truth/</c>. Memory follows one simulated day and the
/// number of users, not the number of impressions.
/// </summary>
public static class FeedGenerator
{
    /// <summary>Generates; returns when everything is on disk. Runs on a thread-pool thread.</summary>
    /// <param name="options">What to write, and where.</param>
    /// <param name="progress">Told once per simulated hour, on the generating thread.</param>
    /// <param name="cancellationToken">Looked at once per simulated minute; what was written by then stays, without
    /// <c>truth/totals.json</c>.</param>
    /// <exception cref="ArgumentException">A value of the options is out of its range.</exception>
    /// <exception cref="IOException">The folder is not empty, or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Task<GenerationSummary> GenerateAsync(
        GeneratorOptions options,
        IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Task.Run(() => Generate(options, progress, cancellationToken), cancellationToken);
    }

    /// <summary>The same on the calling thread.</summary>
    internal static GenerationSummary Generate(
        GeneratorOptions options,
        IProgress<GenerationProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var began = TimeProvider.System.GetTimestamp();
        if (
            Directory.Exists(options.OutputDirectory)
            && Directory.EnumerateFileSystemEntries(options.OutputDirectory).Any()
        )
            throw new IOException(
                $"The folder '{options.OutputDirectory}' is not empty; generated feeds need one of their own."
            );
        Directory.CreateDirectory(options.OutputDirectory);

        var catalogue = new Catalogue(options);
        ReferenceData.Write(catalogue, Path.Combine(options.OutputDirectory, "reference"));
        using var output = new FeedOutput(catalogue);
        using var truth = new AttributionTruth(catalogue, options.OutputDirectory);
        var traffic = new TrafficSimulation(catalogue, output, truth);
        traffic.Run(progress, cancellationToken);

        output.Finish();
        if (options.Dirt.DamagedAvro)
            output.WriteDamagedAvro(traffic.LostAuctionAtEnd, truth.Auctions);
        output.Dispose();
        truth.Totals.Write(options.OutputDirectory);
        truth.Auctions.Write(options.OutputDirectory);
        output.WriteTotals();
        return new GenerationSummary(
            output.Counts[0],
            output.Counts[1],
            output.Counts[2],
            output.Counts[3],
            output.BytesWritten,
            output.Files + (options.Dirt.DamagedAvro ? 1 : 0),
            TimeProvider.System.GetElapsedTime(began)
        );
    }
}
