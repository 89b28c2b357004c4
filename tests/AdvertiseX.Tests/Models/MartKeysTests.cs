using System.Globalization;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Tests.Models;

/// <summary>A mart whose model declares key columns: its rows are found by a key, in every file.</summary>
public sealed class MartKeysTests
{
    private static readonly ModelCatalog Keyed = new(
        ModelCatalog.Shipped.All.Select(model =>
            model.Name == "click_attribution" ? model with { Keys = ["user_key", "click_key"] } : model
        )
    );

    [Fact]
    public async Task Rows_are_found_by_their_keys_whether_their_sidecar_is_there_or_not()
    {
        await using var lake = await FactLake.CreateAsync();
        lake.Catalog = Keyed;
        await lake.AddAsync(
            "clicks",
            Enumerable.Range(0, 300).Select(i => Click(i, $"2024-03-0{1 + (i % 3)} 10:00:00"))
        );
        await lake.RunAsync("click_attribution");
        var sidecars = Sidecars(lake);
        Assert.Equal(3, sidecars.Count);
        await AgreeAsync(lake);

        sidecars.ForEach(File.Delete);
        await AgreeAsync(lake);
        Assert.Equal(sidecars, Sidecars(lake));
        var report = await LakeVerifier.RunAsync(lake.Lake, new VerifyOptions { Quick = true });
        Assert.DoesNotContain(report.Problems, problem => problem.Where.Contains("_keys", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_that_are_not_committed_leave_no_sidecar()
    {
        await using var lake = await FactLake.CreateAsync();
        lake.Catalog = Keyed;
        await lake.AddAsync("clicks", [Click(1, "2024-03-01 10:00:00")]);
        await lake.RunAsync("click_attribution");
        var before = Sidecars(lake);
        // The same rows again: they are written, found to be the same, and dropped.
        await lake.Runner().RunAsync(lake.Lake, ["click_attribution"], full: true);
        Assert.Equal(before, Sidecars(lake));

        var staged = new StagedFile("click_attribution", LakeTable.NewFilePath(new DateOnly(2024, 3, 1)), null, 1, 1);
        var file = Path.Combine(lake.Folder, "lake", "click_attribution", staged.Path);
        File.Copy(
            lake.Lake.Table("click_attribution").FilesOf(lake.Lake.Table("click_attribution").Delta.Latest)[0].Address,
            file
        );
        await new MartKeys(lake.Lake, staged.Table, ["user_key"]).WriteAsync([staged], default);
        Assert.Equal(before.Count + 1, Sidecars(lake).Count);
        await lake.Lake.Staging.DropAsync([staged]);
        Assert.Equal(before, Sidecars(lake));
        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData("user_id")]
    [InlineData("nothing")]
    public void Keys_are_columns_of_type_long(string name)
    {
        var text = $"""
            -- Clicks.
            --
            -- grain: click_id
            -- refresh: replace
            -- keys: {name}
            -- input: clicks
            -- column: click_id string
            -- column: user_id string
            select event_id as click_id, user_id from clicks
            """;
        Assert.Contains(
            $"keys names {name}, which is no column of type long",
            Assert.Throws<ModelException>(() => ModelFile.Parse("m", text)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(
            ["click_key"],
            ModelFile
                .Parse(
                    "m",
                    text.Replace($"keys: {name}", "keys: click_key", StringComparison.Ordinal)
                        .Replace("user_id string", "click_key long", StringComparison.Ordinal)
                )
                .Keys
        );
    }

    // Every user's rows as the columns hold them, file by file.
    private static async Task AgreeAsync(FactLake lake)
    {
        var table = lake.Lake.Table("click_attribution");
        var keys = new MartKeys(lake.Lake, table.Name, ["user_key", "click_key"]);
        foreach (var file in table.FilesOf(table.Delta.Latest))
        foreach (var column in (string[])["user_key", "click_key"])
        {
            using var result = await lake.Engine.ReadAsync(
                $"select {column}, file_row_number from read_parquet('{file.Address}', file_row_number = true) where {column} is not null",
                [],
                default
            );
            var rows = new List<(long Key, long Row)>();
            while (result.Read())
                rows.Add((result.GetInt64(0), result.GetInt64(1)));
            foreach (var key in rows.GroupBy(row => row.Key))
                Assert.Equal(
                    key.Select(row => row.Row).Order(),
                    await keys.RowsOfAsync(column, file.Path, [key.Key], default)
                );
            Assert.Empty(await keys.RowsOfAsync(column, file.Path, [12345], default));
        }
    }

    private static List<string> Sidecars(FactLake lake) =>
        [
            .. Directory
                .EnumerateFiles(
                    Path.Combine(lake.Folder, "lake", "click_attribution"),
                    "*.keys",
                    SearchOption.AllDirectories
                )
                .Order(StringComparer.Ordinal),
        ];

    private static Dictionary<string, string> Click(int id, string time) =>
        new()
        {
            ["event_id"] = $"c{id}",
            ["event_time"] = time,
            ["user_id"] = id % 7 == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"u{id % 20}"),
            ["campaign_id"] = "m1",
        };
}
