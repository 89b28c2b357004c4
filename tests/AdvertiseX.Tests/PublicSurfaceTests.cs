using System.Runtime.CompilerServices;
using AdvertiseX.Generation;
using AdvertiseX.Ingestion;
using PublicApiGenerator;

namespace AdvertiseX.Tests;

/// <summary>
/// What another program can use, type by type, stands in PublicAPI.txt beside each library. A change there is a
/// decision: with ADX_WRITE_DOCS=1 the files are written anew, for the review of the commit.
/// </summary>
public sealed class PublicSurfaceTests
{
    [Theory]
    [InlineData("AdvertiseX", typeof(EventPipeline))]
    [InlineData("AdvertiseX.Generation", typeof(FeedGenerator))]
    public void The_public_surface_is_the_one_agreed(string library, Type any)
    {
        var surface =
            any.Assembly.GeneratePublicApi(
                    new ApiGeneratorOptions
                    {
                        IncludeAssemblyAttributes = false,
                        // Names a type that the compiler makes, by a number that changes with the code.
                        ExcludeAttributes = [typeof(AsyncIteratorStateMachineAttribute).FullName!],
                    }
                )
                .ReplaceLineEndings("\n")
                .Trim() + "\n";
        var file = Path.Combine(Repository.Root, "src", library, "PublicAPI.txt");
        if (Environment.GetEnvironmentVariable("ADX_WRITE_DOCS") == "1")
            File.WriteAllText(file, surface);
        Assert.Equal(File.ReadAllText(file), surface);
    }

    [Fact]
    public void The_binding_to_DuckDB_is_no_ones_but_ours() =>
        Assert.Empty(typeof(global::AdvertiseX.DuckDb.DuckDbConnection).Assembly.GetExportedTypes());
}
