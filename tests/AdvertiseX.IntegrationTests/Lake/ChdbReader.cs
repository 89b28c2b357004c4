using System.Text.Json;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>chDB as a reader of Delta tables that nobody here wrote; installed from npm into artifacts/ when first
/// needed.</summary>
internal static class ChdbReader
{
    private const string Version = "3.4.0";

    /// <summary>
    /// Runs statements over tables below a folder (chDB reads nothing outside of where it was started), one result
    /// (rows of texts) each. Skips the test where Node or npm is absent.
    /// </summary>
    public static async Task<string?[][][]> QueryAsync(string folder, IReadOnlyList<string> statements)
    {
        var packages = await NodePackage.InstallAsync("chdb", Version);
        var script = Path.Combine(AppContext.BaseDirectory, "Lake", "chdb.mjs");
        var input = JsonSerializer.Serialize(statements);
        // chDB 3.4.0 dies now and then by a signal and without a word, which says nothing of the tables: the same
        // questions are then asked again. An answer, or an error with words, stands.
        for (var attempt = 1; ; attempt++)
            try
            {
                return JsonSerializer.Deserialize<string?[][][]>(
                    await NodePackage.RunAsync(script, [packages], folder, input)
                )!;
            }
            catch (EndedBySignalException) when (attempt < 3)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
    }
}
