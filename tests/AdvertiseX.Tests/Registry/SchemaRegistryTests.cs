using AdvertiseX.Lake.Storage;
using AdvertiseX.Registry;
using AdvertiseX.Tests.Cli;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.Tests.Registry;

/// <summary>Ids, versions and deletions, alone and with other servers on the same lake.</summary>
public sealed class SchemaRegistryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SchemaRegistry> _open = [];

    public void Dispose()
    {
        foreach (var registry in _open)
            registry.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_schema_has_one_id_under_all_subjects_and_a_version_in_each()
    {
        var registry = Open();
        var first = await registry.RegisterAsync("a", Schema(1), default);
        Assert.Equal((1, 1), (first.Schema.Id, first.Version));
        var same = await registry.RegisterAsync("a", Schema(1, spaces: true), default);
        Assert.Equal((1, 1), (same.Schema.Id, same.Version));
        var other = await registry.RegisterAsync("b", Schema(1), default);
        Assert.Equal((1, 1), (other.Schema.Id, other.Version));
        var next = await registry.RegisterAsync("b", Schema(2), default);
        Assert.Equal((2, 2), (next.Schema.Id, next.Version));
    }

    [Fact]
    public async Task Another_server_on_the_lake_sees_everything_and_so_does_the_next_start()
    {
        var (one, other) = (Open(), Open());
        await one.RegisterAsync("a", Schema(1), default);
        Assert.Equal(1, (await other.RegisterAsync("a", Schema(1), default)).Version);
        Assert.Equal(2, (await other.RegisterAsync("a", Schema(2), default)).Schema.Id);
        Assert.NotNull(await one.FindAsync(2, default));
        await other.SetLevelAsync(null, CompatibilityLevel.None, default);
        await other.SetLevelAsync("a", CompatibilityLevel.Full, default);
        await other.DeleteVersionAsync("a", "1", permanent: false, default);
        foreach (var state in new[] { await one.StateAsync(default), await Open().StateAsync(default) })
        {
            Assert.Equal([2], state.VersionsOf("a").Select(version => version.Version));
            Assert.Equal([1, 2], state.VersionsOf("a", deleted: true).Select(version => version.Version));
            Assert.Equal((CompatibilityLevel.None, CompatibilityLevel.Full), (state.Level, state.LevelOf("a")));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Twenty_writers_through_two_servers_give_each_schema_one_id_and_no_id_twice(int seed)
    {
        SchemaRegistry[] servers = [Open(), Open()];
        var random = new Random(seed);
        // Each writer registers ten of fifteen schemas under one of four subjects.
        var work = Enumerable
            .Range(0, 20)
            .Select(writer =>
                (
                    Server: servers[writer % 2],
                    Subject: $"s{writer % 4}",
                    Schemas: Enumerable.Range(0, 15).OrderBy(_ => random.Next()).Take(10).ToArray()
                )
            )
            .ToList();
        await servers[0].SetLevelAsync(null, CompatibilityLevel.None, default);
        var results = await Task.WhenAll(
            work.Select(each =>
                Task.Run(async () =>
                {
                    var ids = new List<(int Schema, string Subject, SubjectVersion Version)>();
                    foreach (var schema in each.Schemas)
                        ids.Add(
                            (
                                schema,
                                each.Subject,
                                await each.Server.RegisterAsync(each.Subject, Schema(schema), default)
                            )
                        );
                    return ids;
                })
            )
        );
        var all = results.SelectMany(each => each).ToList();
        Assert.Equal(200, all.Count);
        Assert.All(all.GroupBy(each => each.Schema), each => Assert.Single(each.Select(Id).Distinct()));
        Assert.All(all.GroupBy(Id), each => Assert.Single(each.Select(one => one.Schema).Distinct()));
        Assert.All(
            all.GroupBy(each => (each.Subject, each.Schema)),
            each => Assert.Single(each.Select(one => one.Version.Version).Distinct())
        );
        var state = await Open().StateAsync(default);
        Assert.Equal(Enumerable.Range(1, state.LastId), state.Schemas.Keys);
        Assert.All(state.Subjects.Values, versions => Assert.Equal(Enumerable.Range(1, versions.Count), versions.Keys));

        static int Id((int Schema, string Subject, SubjectVersion Version) each) => each.Version.Schema.Id;
    }

    [Fact]
    public async Task An_id_is_never_used_again()
    {
        var registry = Open();
        await registry.RegisterAsync("a", Schema(1), default);
        await registry.RegisterAsync("a", Schema(2), default);
        await registry.DeleteSubjectAsync("a", permanent: false, default);
        Assert.NotNull(await registry.FindAsync(1, default));
        await registry.DeleteSubjectAsync("a", permanent: true, default);
        Assert.Null(await registry.FindAsync(1, default));
        Assert.Equal(3, (await registry.RegisterAsync("a", Schema(3), default)).Schema.Id);
        Assert.Equal(4, (await registry.RegisterAsync("a", Schema(1), default)).Schema.Id);
        Assert.Equal(4, (await Open().StateAsync(default)).LastId);
    }

    [Fact]
    public async Task A_schema_that_is_deleted_comes_back_as_a_new_version_with_its_id()
    {
        var registry = Open();
        await registry.RegisterAsync("a", Schema(1), default);
        await registry.DeleteSubjectAsync("a", permanent: false, default);
        var again = await registry.RegisterAsync("a", Schema(1), default);
        Assert.Equal((1, 2), (again.Schema.Id, again.Version));
    }

    [Fact]
    public async Task A_level_asks_for_the_latest_version_or_for_all_and_not_for_deleted_ones()
    {
        var registry = Open();
        // The first and the third have a field in common, of two types; the second has neither.
        await registry.RegisterAsync("a", Schema(0, "int"), default);
        await registry.RegisterAsync("a", Schema(0), default);
        await registry.SetLevelAsync("a", CompatibilityLevel.BackwardTransitive, default);
        var refused = await Assert.ThrowsAsync<RegistryException>(() =>
            registry.RegisterAsync("a", Schema(0, "string"), default)
        );
        Assert.Equal(40901, refused.Code);
        Assert.Contains("version 1", refused.Message, StringComparison.Ordinal);
        await registry.DeleteVersionAsync("a", "1", permanent: false, default);
        await registry.RegisterAsync("a", Schema(0, "string"), default);

        await registry.RegisterAsync("b", Schema(0, "int"), default);
        await registry.RegisterAsync("b", Schema(0), default);
        await registry.RegisterAsync("b", Schema(0, "string"), default);
    }

    [Fact]
    public async Task Deletions_are_refused_in_the_wrong_order()
    {
        var registry = Open();
        Assert.Equal(40401, await CodeAsync(() => registry.DeleteSubjectAsync("a", permanent: false, default)));
        await registry.RegisterAsync("a", Schema(1), default);
        await registry.RegisterAsync("a", Schema(2), default);
        Assert.Equal(40405, await CodeAsync(() => registry.DeleteSubjectAsync("a", permanent: true, default)));
        Assert.Equal(40402, await CodeAsync(() => registry.DeleteVersionAsync("a", "9", permanent: false, default)));
        Assert.Equal(42202, await CodeAsync(() => registry.DeleteVersionAsync("a", "0", permanent: false, default)));
        Assert.Equal(40407, await CodeAsync(() => registry.DeleteVersionAsync("a", "1", permanent: true, default)));
        Assert.Equal(2, await registry.DeleteVersionAsync("a", "latest", permanent: false, default));
        Assert.Equal(40406, await CodeAsync(() => registry.DeleteVersionAsync("a", "2", permanent: false, default)));
        Assert.Equal(2, await registry.DeleteVersionAsync("a", "2", permanent: true, default));
        Assert.Equal([1], await registry.DeleteSubjectAsync("a", permanent: false, default));
        Assert.Equal(40404, await CodeAsync(() => registry.DeleteSubjectAsync("a", permanent: false, default)));
        Assert.Equal([1], await registry.DeleteSubjectAsync("a", permanent: true, default));
        Assert.Empty((await registry.StateAsync(default)).Subjects);
    }

    [Fact]
    public async Task A_store_that_loses_answers_makes_no_second_version()
    {
        var store = new FlakyStore(new LocalObjectStore(_folder.Path)) { LoseAnswersOfPuts = 1 };
        using var registry = new SchemaRegistry(store, TimeProvider.System);
        Assert.Equal(1, (await registry.RegisterAsync("a", Schema(1), default)).Version);
        store.FailPuts = 1;
        await Assert.ThrowsAsync<IOException>(() => registry.RegisterAsync("a", Schema(2), default));
        Assert.Equal(2, (await registry.RegisterAsync("a", Schema(2), default)).Schema.Id);
        Assert.Equal(2, (await Open().StateAsync(default)).Changes);
    }

    [Fact]
    public async Task A_damaged_log_is_an_error_that_names_the_object()
    {
        await Open().RegisterAsync("a", Schema(1), default);
        var file = Directory.GetFiles(Path.Combine(_folder.Path, "_registry")).Single();
        await File.WriteAllTextAsync(file, """{"kind":"register","subject":"a"}""");
        var damaged = await Assert.ThrowsAsync<IOException>(() => Open().StateAsync(default));
        Assert.Contains(Path.GetFileName(file), damaged.Message, StringComparison.Ordinal);
    }

    private SchemaRegistry Open()
    {
        var registry = new SchemaRegistry(new LocalObjectStore(_folder.Path), TimeProvider.System);
        _open.Add(registry);
        return registry;
    }

    private static async Task<int> CodeAsync<T>(Func<Task<T>> ask) =>
        (await Assert.ThrowsAsync<RegistryException>(ask)).Code;

    /// <summary>Schemas that fit each other at every level.</summary>
    private static SubmittedSchema Schema(int number, bool spaces = false) =>
        SubmittedSchema.Read(
            $$"""{"type":"record","name":"R",{{(spaces ? " " : "")}}"fields":[{"name":"f{{number}}","type":"int","default":0}]}"""
        );

    /// <summary>One with a field of some type.</summary>
    private static SubmittedSchema Schema(int _, string type) =>
        SubmittedSchema.Read(
            $$"""{"type":"record","name":"R","fields":[{"name":"x","type":"{{type}}","default":{{(type == "int" ? "0" : "\"\"")}}}]}"""
        );
}
