using System.Text.Json;

namespace AdvertiseX.IntegrationTests.Cli;

/// <summary>A generated set of feeds and a lake made of it by the program, shared by the tests of a class, which only
/// read it.</summary>
public sealed class SmallLake : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adx-cli-");

    public string Folder => _folder.FullName;

    /// <summary>What <c>adx ingest --json</c> printed.</summary>
    internal JsonDocument Ingested { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Require(
            await AdxProcess.RunAsync(Folder, "generate", "--out", "feeds", "--impressions", "5000", "--seed", "3")
        );
        Require(await AdxProcess.RunAsync(Folder, "reference", "load", "feeds/reference", "--lake", "lake"));
        var ingest = await AdxProcess.RunAsync(
            Folder,
            "ingest",
            "feeds/impressions",
            "feeds/clicks_conversions",
            "feeds/bid_requests",
            "--lake",
            "lake",
            "--json"
        );
        Require(ingest);
        Ingested = JsonDocument.Parse(ingest.Output);
    }

    public ValueTask DisposeAsync()
    {
        Ingested?.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static void Require(AdxResult result) => Assert.True(result.Code == 0, result.Error + result.Output);
}
