using AdvertiseX.Contracts;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Sources;

namespace AdvertiseX.Bench;

/// <summary>The same work by this library: what <c>adx ingest --no-models</c> runs.</summary>
internal static class OurIngest
{
    public static Task<IngestReport> RunAsync(string set, string output, string[] feeds) =>
        RunAsync(feeds.Select(f => Path.Combine(set, f)), output);

    public static async Task<IngestReport> RunAsync(IEnumerable<string> paths, string output)
    {
        using var lake = await DataLake.OpenAsync(output, create: true);
        var pipeline = new EventPipeline(new IngestEnvironment(lake));
        return await pipeline.RunAsync(
            new SourceCatalog(ContractFile.Shipped).Find(paths),
            null,
            CancellationToken.None
        );
    }
}
