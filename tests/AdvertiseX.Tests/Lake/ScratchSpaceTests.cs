using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Tests.Lake;

/// <summary>Scratch folders of processes that are gone go; those of living ones and of others stay.</summary>
public sealed class ScratchSpaceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adx-scratch-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_a_killed_process_left_is_deleted_and_what_is_in_use_stays()
    {
        using (var space = ScratchSpace.Create(_folder.FullName, "model"))
        {
            await space.WriteAsync("rows", new byte[3], TestContext.Current.CancellationToken);
            // A kill closes the file that is held and deletes nothing.
            Copy(Path.GetDirectoryName(space.PathOf("rows"))!, Path.Combine(_folder.FullName, "adx-model-killed"));
            Directory.CreateDirectory(Path.Combine(_folder.FullName, "adx-lake-of-somebody"));
            ScratchSpace.DeleteAbandoned(_folder.FullName);
            Assert.Equal(3, (await space.ReadAsync("rows", TestContext.Current.CancellationToken)).Length);
            Assert.Equal(2, _folder.GetDirectories().Length);
        }

        Assert.Equal("adx-lake-of-somebody", Assert.Single(_folder.GetDirectories()).Name);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.WriteAllText(Path.Combine(to, Path.GetFileName(file)), "");
    }
}
