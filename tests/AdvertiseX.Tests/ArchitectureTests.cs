using System.Reflection;
using AdvertiseX.DuckDb;

namespace AdvertiseX.Tests;

/// <summary>The dependency rule: what each folder of the library may know (docs/architecture.md).</summary>
public sealed class ArchitectureTests
{
    private static readonly IReadOnlyDictionary<(string From, string To), SortedSet<string>> Library =
        NamespaceReferences.Of(typeof(EventPipeline).Assembly);

    // Folders between bytes and columns know each other, contracts and compression; no store, engine or network.
    private static readonly string[] BytesToColumns =
        ["Events", "Columns", "Contracts", "Compression", "Framing", "Decoding", "Validation", "Enrichment"];

    private static readonly Dictionary<string, string[]> May = new()
    {
        ["Columns"] = [],
        ["Events"] = ["Columns"],
        ["Compression"] = [],
        ["Contracts"] = ["Events", "Columns"],
        ["Parquet"] = ["Columns", "Compression"],
        ["Framing"] = BytesToColumns,
        ["Decoding"] = BytesToColumns,
        ["Validation"] = BytesToColumns,
        ["Enrichment"] = BytesToColumns,
        ["Deduplication"] = ["Events", "Columns"],
        ["Generation"] = ["Compression", "Contracts", "Events"],
        ["Engines"] = ["DuckDb"],
        ["Lake"] = ["Events", "Columns", "Validation", "Parquet", "Engines", "DuckDb"],
        ["Reference"] = ["Events", "Columns", "Parquet", "Lake", "Engines"],
        ["Models"] = ["Events", "Columns", "Lake", "Engines", "Reference"],
        ["Reports"] = ["Events", "Columns", "Lake", "Engines", "Models", "Reference", "DuckDb"],
    };

    public static TheoryData<string> Folders => [.. May.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_knows_only_what_it_may(string folder) => Assert.Empty(Offences(folder, May[folder]));

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_of_the_rule_is_there(string folder) =>
        Assert.Contains(typeof(EventPipeline).Assembly.GetTypes(), type => FolderOf(type.Namespace ?? "") == folder);

    [Fact]
    public void The_rule_finds_what_it_forbids()
    {
        Assert.NotEmpty(Offences("Models", ["Events", "Columns", "Engines", "Reference"]));
        Assert.NotEmpty(Offences("Engines", []));
    }

    [Fact]
    public void Projects_point_one_way()
    {
        Assert.DoesNotContain(ReferencesOf(typeof(DuckDbDatabase)), name => name.StartsWith("AdvertiseX", StringComparison.Ordinal));
        Assert.Equal(["AdvertiseX.DuckDb"], ReferencesOf(typeof(EventPipeline)).Where(name => name is "adx" || name.StartsWith("AdvertiseX", StringComparison.Ordinal)));
        Assert.DoesNotContain(ReferencesOf(typeof(EventPipeline)), name => name is "System.CommandLine" or "System.Console");
    }

    private static List<string> Offences(string folder, string[] allowed) =>
    [
        .. Library
            .Where(edge => FolderOf(edge.Key.From) == folder && FolderOf(edge.Key.To) is { } to && to != folder && !allowed.Contains(to))
            .Select(edge => $"{edge.Key.From} knows {edge.Key.To} through {string.Join(", ", edge.Value)}"),
    ];

    // "AdvertiseX.Lake.Delta" is part of Lake; the root namespace, which knows all, is "" and may be known by none of these.
    private static string? FolderOf(string name) =>
        name == "AdvertiseX" ? "" : name.StartsWith("AdvertiseX.", StringComparison.Ordinal) ? name.Split('.')[1] : null;

    private static IEnumerable<string> ReferencesOf(Type type) => type.Assembly.GetReferencedAssemblies().Select((AssemblyName name) => name.Name!).Order();
}
