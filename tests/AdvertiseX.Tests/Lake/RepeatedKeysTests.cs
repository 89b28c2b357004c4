using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Keys;

namespace AdvertiseX.Tests.Lake;

/// <summary>Repeated keys are those that a grouping of all keys finds, whatever the filters hold.</summary>
public sealed class RepeatedKeysTests : IDisposable
{
    private readonly TestLake _test = new();

    public void Dispose() => _test.Dispose();

    [Theory]
    [MemberData(nameof(Seeds.From), 1, 60, 12, MemberType = typeof(Seeds))]
    public async Task Keys_are_found_that_are_there_more_than_once(int seed)
    {
        var random = new Random(seed);
        using var lake = await DataLake.OpenAsync(_test.Folder, create: true);
        using var engine = new DuckDbEngine();
        using var filters = new FilterWriter(lake, FactTables.Impressions);
        var coverage = KeyCoverage.None;
        long position = 0;
        var commits = random.Next(4, 12);
        var range = random.Next(100, 1000);
        for (var i = 0; i < commits; i++)
        {
            var rows = random.Next(1, 30);
            var file = await TestRows.StageAsync(lake, FactTables.Impressions, "ids", random.Next(range), rows);
            await lake.Ledger.CommitAsync(
                new([TestLake.Advance("s", position, position + rows, rows)], [file], lake.Ledger.Version)
            );
            position += rows;
            await lake.ApplyAsync();
            if (random.Next(4) == 0)
                coverage = await filters.CoverAsync(coverage, await lake.FilesAsync("impressions"), default);
            if (random.Next(8) == 0)
                await Compaction.RunAsync(lake, lake.Table("impressions"), engine, new() { MinFiles = 2 });
        }

        if (random.Next(4) == 0)
            DropOneFilter();
        var files = (await lake.FilesAsync("impressions")).Files.OrderBy(file => file.Ledger!.Last).ToList();
        var older = random.Next(files.Count);
        var (others, fresh) = (files[..older], files[older..]);
        var found = await RepeatedKeys.FindAsync(lake, FactTables.Impressions, fresh, others, default);
        Assert.Equal(Expected(lake, files, fresh), found.Starts.Order());
        Assert.Equal(HoldersOf(lake, files, found.Starts), found.Files.Select(file => file.Path).Order());
    }

    private void DropOneFilter()
    {
        var folder = Path.Combine(_test.Folder, KeyPaths.FiltersOf("impressions"));
        if (Directory.Exists(folder) && Directory.GetFiles(folder) is [var filter, ..])
            File.Delete(filter);
    }

    private static List<long> Expected(DataLake lake, List<LakeFile> files, List<LakeFile> fresh) =>
        Keys(
            lake,
            $"SELECT event_key & ~{RepeatedKeys.Rest} AS k FROM {Read(files)} GROUP BY 1 HAVING count(*) > 1 INTERSECT "
                + $"SELECT event_key & ~{RepeatedKeys.Rest} FROM {Read(fresh)} ORDER BY 1"
        );

    private static List<string> HoldersOf(DataLake lake, List<LakeFile> files, IReadOnlySet<long> starts) =>
        [
            .. files
                .Where(file =>
                    Keys(lake, $"SELECT event_key & ~{RepeatedKeys.Rest} FROM {Read([file])}").Exists(starts.Contains)
                )
                .Select(file => file.Path)
                .Order(),
        ];

    private static List<long> Keys(DataLake lake, string sql)
    {
        using var connection = lake.Engine.Connect();
        using var result = connection.Query(sql);
        var keys = new List<long>();
        for (var rows = result.Rows(); rows.Read(); )
            keys.Add(rows.GetInt64(0));
        return keys;
    }

    private static string Read(IEnumerable<LakeFile> files) =>
        $"read_parquet([{string.Join(", ", files.Select(file => SqlDialect.DuckDb.Text(file.Address)))}])";
}
