using System.Diagnostics;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>The work of a writer that may be killed: run by the tests of <see cref="CrashTests"/> in a process of its
/// own.</summary>
public sealed class CrashingWriter
{
    public const string FolderVariable = "ADX_TEST_WRITER_LAKE";
    public const string StepVariable = "ADX_TEST_WRITER_STEP";
    public const string HitVariable = "ADX_TEST_WRITER_HIT";
    public const int Batches = 12;
    public const int RecordsPerBatch = 20;

    [Fact(Explicit = true)]
    public async Task Writes_until_it_is_killed_or_done()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.NotNull(folder);
        var step = Environment.GetEnvironmentVariable(StepVariable);
        var hit = int.Parse(Environment.GetEnvironmentVariable(HitVariable) ?? "0");
        FaultPoint.Reached = reached =>
        {
            // Kill is SIGKILL: no finally block runs, no buffer is flushed.
            if (reached == step && --hit == 0)
                Process.GetCurrentProcess().Kill();
        };
        await WriteAsync(folder);
    }

    /// <summary>Goes on wherever the lake stands, until two streams have all their batches.</summary>
    internal static async Task WriteAsync(string folder)
    {
        using var lake = await DataLake.OpenAsync(folder, create: true);
        foreach (var stream in new[] { "one", "two" })
        {
            while (lake.Ledger.PositionOf(stream) is var from && from < Batches / 2 * RecordsPerBatch)
            {
                if (await TryCommitAsync(lake, stream, from))
                    await lake.ApplyAsync();
            }
        }
    }

    private static async Task<bool> TryCommitAsync(DataLake lake, string stream, long from)
    {
        var judgedAt = lake.Ledger.Version;
        var file = await TestRows.StageAsync(
            lake,
            AdvertiseX.Events.FactTables.Impressions,
            stream,
            from,
            RecordsPerBatch
        );
        var batch = new LedgerBatch(
            [TestLake.Advance(stream, from, from + RecordsPerBatch, RecordsPerBatch)],
            [file],
            judgedAt
        );
        return await lake.Ledger.CommitAsync(batch) is LedgerResult.Committed;
    }
}
