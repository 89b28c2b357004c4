using System.Reflection;
using AdvertiseX.Cli;
using AdvertiseX.DuckDb;
using AdvertiseX.Generation;
using AdvertiseX.Ingestion;

namespace AdvertiseX.Tests;

/// <summary>
/// The dependency rule is the codemap of docs/architecture.md: this reads its table and holds the built library against
/// it, so that page and code say the same.
/// </summary>
public sealed class ArchitectureTests
{
    private const string Root = "AdvertiseX";

    // Rooms inside a folder that stand one below the other and have rows of their own.
    private static readonly string[] Rooms =
    [
        "Lake/Storage",
        "Lake/Delta",
        "Lake/Keys",
        "Kafka/Consuming",
        "Kafka/Producing",
    ];

    private static readonly SortedDictionary<string, string[]> Table = ReadTable();

    private static readonly IReadOnlyDictionary<(string From, string To), SortedSet<string>> Library =
        NamespaceReferences.Of(typeof(EventPipeline).Assembly);

    [Fact]
    public void Every_folder_of_the_library_has_its_row()
    {
        var library = Path.Combine(Repository.Root, "src", Root);
        var folders = Directory
            .EnumerateDirectories(library)
            .Select(path => Path.GetFileName(path)!)
            .Where(name =>
                Directory.EnumerateFiles(Path.Combine(library, name), "*.cs", SearchOption.AllDirectories).Any()
            );
        Assert.Equal(folders.Concat(Rooms).Order(StringComparer.Ordinal), Table.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateFiles(library, "*.cs"));
    }

    [Fact]
    public void Every_folder_knows_exactly_what_its_row_says()
    {
        var wrong = Table
            .Where(row => !row.Value.SequenceEqual(KnownBy(row.Key)))
            .Select(row =>
                $"{row.Key} knows {string.Join(", ", KnownBy(row.Key))}; its row says {string.Join(", ", row.Value)}"
            );
        Assert.True(!wrong.Any(), string.Join('\n', wrong));
    }

    [Fact]
    public void No_folder_is_known_by_one_that_it_knows() =>
        Assert.Empty(CycleIn(Table.Keys.ToDictionary(folder => folder, KnownBy)));

    [Fact]
    public void A_cycle_would_be_found()
    {
        Assert.Equal(
            "a → b → c → a",
            CycleIn(
                new()
                {
                    ["a"] = ["b"],
                    ["b"] = ["c"],
                    ["c"] = ["a"],
                }
            )
        );
        Assert.Empty(
            CycleIn(
                new()
                {
                    ["a"] = ["b", "c"],
                    ["b"] = ["c"],
                    ["c"] = [],
                }
            )
        );
    }

    [Fact]
    public void Projects_point_one_way()
    {
        Assert.Empty(OwnReferencesOf(typeof(DuckDbDatabase)));
        Assert.Equal(["AdvertiseX.DuckDb"], OwnReferencesOf(typeof(EventPipeline)));
        Assert.Equal(["AdvertiseX"], OwnReferencesOf(typeof(FeedGenerator)));
        Assert.DoesNotContain(
            ReferencesOf(typeof(EventPipeline)),
            name => name is "System.CommandLine" or "System.Console"
        );
    }

    [Fact]
    public void The_binding_is_known_where_the_page_says()
    {
        var sentence = File.ReadLines(Path.Combine(Repository.Root, "docs", "architecture.md"))
            .Single(line => line.StartsWith("The binding to DuckDB is known to ", StringComparison.Ordinal));
        Assert.Equal(
            sentence.Split('`').Where((_, i) => i % 2 == 1).Order(StringComparer.Ordinal),
            Library
                .Keys.Where(edge => edge.To.StartsWith("AdvertiseX.DuckDb", StringComparison.Ordinal))
                .Select(edge => FolderOf(edge.From)!)
                .Distinct()
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void An_attribute_is_a_reference() =>
        Assert.Contains(("AdvertiseX.Framing", "AdvertiseX.Configuration"), Library.Keys);

    [Fact]
    public void One_name_is_one_type()
    {
        Type[] types =
        [
            .. new[]
            {
                typeof(DuckDbDatabase),
                typeof(EventPipeline),
                typeof(FeedGenerator),
                typeof(Terminal),
            }.SelectMany(type => type.Assembly.GetTypes()),
        ];
        var twice = types
            .Where(type =>
                !type.IsNested
                && type.Namespace?.StartsWith(Root, StringComparison.Ordinal) == true
                && !type.Name.StartsWith('<')
            )
            .GroupBy(type => type.Name)
            .Where(same => same.Count() > 1);
        Assert.Empty(twice.Select(same => string.Join(", ", same.Select(type => type.FullName))));
    }

    /// <summary>The first cycle of a graph as text; empty when there is none.</summary>
    private static string CycleIn(Dictionary<string, string[]> graph)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in graph.Keys.Order(StringComparer.Ordinal))
            if (Visit(start, []) is { } cycle)
                return cycle;
        return "";

        string? Visit(string folder, List<string> path)
        {
            if (path.IndexOf(folder) is >= 0 and var at)
                return string.Join(" → ", path.Skip(at).Append(folder));
            if (!done.Add(folder))
                return null;
            return graph[folder].Select(next => Visit(next, [.. path, folder])).FirstOrDefault(cycle => cycle != null);
        }
    }

    private static string[] KnownBy(string folder) =>
        [
            .. Library
                .Keys.Where(edge => FolderOf(edge.From) == folder)
                .Select(edge => FolderOf(edge.To))
                .OfType<string>()
                .Where(to => to != folder)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The row of a namespace; null for another assembly's.</summary>
    private static string? FolderOf(string name)
    {
        if (
            !name.StartsWith(Root + ".", StringComparison.Ordinal)
            || name.StartsWith("AdvertiseX.DuckDb", StringComparison.Ordinal)
        )
            return null;
        var path = name[(Root.Length + 1)..].Replace('.', '/');
        return Rooms.FirstOrDefault(room => path == room || path.StartsWith(room + "/", StringComparison.Ordinal))
            ?? path.Split('/')[0];
    }

    private static SortedDictionary<string, string[]> ReadTable()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "architecture.md"))
            .SkipWhile(line => !line.StartsWith("<!-- codemap", StringComparison.Ordinal))
            .TakeWhile(line => line != "<!-- end -->")
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries));
        return new(
            rows.ToDictionary(
                cells => cells[1].Trim('`'),
                cells => cells[3] == "nothing" ? [] : cells[3].Split(", ").Order(StringComparer.Ordinal).ToArray()
            ),
            StringComparer.Ordinal
        );
    }

    private static IEnumerable<string> OwnReferencesOf(Type type) =>
        ReferencesOf(type).Where(name => name is "adx" || name.StartsWith(Root, StringComparison.Ordinal));

    private static IEnumerable<string> ReferencesOf(Type type) =>
        type.Assembly.GetReferencedAssemblies().Select((AssemblyName name) => name.Name!).Order();
}
