namespace AdvertiseX.IntegrationTests.Cli;

/// <summary>The worked example of docs/models.md is run as it stands there and must print what stands below
/// it.</summary>
public sealed class ModelsPageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adx-models-page-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_own_model_of_the_models_page_works() =>
        Assert.Equal(2, await ShownExamples.HoldAsync("docs/models.md", _folder.FullName));
}
