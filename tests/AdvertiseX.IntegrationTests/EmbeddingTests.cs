using AdvertiseX.IntegrationTests.Cli;

namespace AdvertiseX.IntegrationTests;

/// <summary>The sample that uses the library from another program, which sees its public surface alone.</summary>
public sealed class EmbeddingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adx-embedding-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Feeds_become_answers_without_the_program()
    {
        var result = await AdxProcess.RunAsync(
            _folder.FullName,
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Embedding.dll"), _folder.FullName]
        );

        Assert.True(result.Code == 0, result.Error + result.Output);
        Assert.Matches(@"(?m)^Impression: 5\d{3} = 4\d{3} \+ \d+ \+ \d+ \+ 0$", result.Output);
        Assert.Matches(@"(?m)^performance_hourly: |^campaign_performance: Refreshed, \d+ rows$", result.Output);
        Assert.Matches(@"(?m)^cmp-0000: \d+ clicks$", result.Output);
    }
}
