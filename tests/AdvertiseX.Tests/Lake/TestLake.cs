using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Tests.Lake;

/// <summary>A lake in a folder of its own, and batches for it whose files hold arbitrary bytes: the lake does not read
/// them.</summary>
internal sealed class TestLake : IDisposable
{
    public static readonly DateOnly Day = new(2024, 3, 1);

    public TestLake() => Folder = Directory.CreateTempSubdirectory("adx-lake-").FullName;

    public string Folder { get; }

    public ValueTask<DataLake> OpenAsync(bool create = true) =>
        DataLake.OpenAsync(
            new LocalObjectStore(Folder),
            Folder,
            create,
            TimeProvider.System,
            SharedEngines.Lake,
            TestContext.Current.CancellationToken
        );

    public static async Task<StagedFile> StageAsync(DataLake lake, string table, long rows, DateOnly? date = null)
    {
        var path = LakeTable.NewFilePath(date ?? Day);
        await using var file = await lake.Store.CreateAsync($"{table}/{path}");
        await file.Content.WriteAsync(new byte[100]);
        return new(table, path, date ?? Day, rows, await file.CompleteAsync());
    }

    public static StreamAdvance Advance(string stream, long from, long next, long accepted, long duplicate = 0) =>
        new(
            stream,
            from,
            next,
            [new("impressions", accepted + duplicate, accepted, duplicate, 0, 0, new Dictionary<string, long>())]
        );

    /// <summary>A batch that accepts as many impressions as it moves the position.</summary>
    public static async Task<LedgerBatch> BatchAsync(DataLake lake, string stream, long from, long next)
    {
        var file = await StageAsync(lake, "impressions", next - from);
        return new([Advance(stream, from, next, next - from)], [file], lake.Ledger.Version);
    }

    public static async Task<long> CommitAsync(DataLake lake, string stream, long from, long next) =>
        Assert
            .IsType<LedgerResult.Committed>(await lake.Ledger.CommitAsync(await BatchAsync(lake, stream, from, next)))
            .Version;

    public static long RowsOf(DataLake lake, string table) => lake.Table(table).Summary().Rows;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
