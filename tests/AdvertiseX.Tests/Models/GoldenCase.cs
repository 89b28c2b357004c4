using System.Globalization;
using AdvertiseX.Models;
using AdvertiseX.Reference;

namespace AdvertiseX.Tests.Models;

/// <summary>
/// A pair of files in golden/models. Many cases share a lake: the ids of each begin with a mark of its own there, keys
/// of users that a case names are moved by a distance of its own, and the case's rows of a table are those that have
/// them.
/// </summary>
internal sealed class GoldenCase
{
    /// <summary>More than any key of a user that a case names.</summary>
    private const long Keys = 1_000_000;

    private static readonly HashSet<string> Ids = new(StringComparer.Ordinal)
    {
        "event_id",
        "user_id",
        "campaign_id",
        "creative_id",
        "ad_group_id",
        "advertiser_id",
        "site_id",
        "auction_id",
        "placement_id",
        "order_id",
        "impression_id",
        "click_id",
    };

    // The first of these that a model has says whose a row is.
    private static readonly string[] Owners =
    [
        "click_id",
        "conversion_id",
        "event_id",
        "auction_id",
        "campaign_id",
        "creative_id",
        "user_key",
    ];

    private readonly string _mark;
    private readonly long _firstKey;

    private GoldenCase(string input, int number, IReadOnlyList<PipeTable> tables, IReadOnlyList<PipeTable> expected)
    {
        (Input, Expected) = (input, expected);
        (_mark, _firstKey) = ($"case{number}/", number * Keys);
        Rules = RulesOf(tables.FirstOrDefault(table => table.Name == TrafficRules.Name)?.Records().Single() ?? []);
        IReadOnlyList<PipeTable> own = [.. tables.Where(table => table.Name != TrafficRules.Name).Select(Marked)];
        Described = [.. own.Where(table => ReferenceTables.All.Any(each => each.Name == table.Name))];
        Facts = [.. own.Except(Described)];
        Assert.NotEmpty(expected);
        CanShare = expected.All(table =>
            OwnerOf(table.Name) is { } owner
            && !(table.Columns.Contains(owner) && table.Records().Any(row => row[owner] == "(unknown)"))
        );
    }

    /// <summary>The file that goes in, below the folder of the cases.</summary>
    public string Input { get; }

    public IReadOnlyList<PipeTable> Described { get; }

    public IReadOnlyList<PipeTable> Facts { get; }

    public IReadOnlyList<PipeTable> Expected { get; }

    /// <summary>The limits that the case goes by; those that it does not name are the defaults.</summary>
    public TrafficRules Rules { get; }

    /// <summary>Whether every row that it expects can be told from those of other cases.</summary>
    public bool CanShare { get; }

    /// <summary>All cases, in the order of their names.</summary>
    public static IReadOnlyList<GoldenCase> All { get; } =
    [
        .. Directory
            .EnumerateFiles(Root, "*.input.txt", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(
                (file, number) =>
                    new GoldenCase(
                        Path.GetRelativePath(Root, file).Replace('\\', '/'),
                        number + 1,
                        PipeTable.Parse(File.ReadAllText(file)),
                        PipeTable.Parse(
                            File.ReadAllText(file.Replace(".input.", ".expected.", StringComparison.Ordinal))
                        )
                    )
            ),
    ];

    private static string Root => Path.Combine(Repository.Root, "tests", "AdvertiseX.Tests", "golden", "models");

    /// <summary>Its rows of a table that it expects, as lines without marks, sorted.</summary>
    public async Task<List<string>> RowsAsync(FactLake lake, PipeTable expected)
    {
        var owner = OwnerOf(expected.Name);
        var where =
            !CanShare ? ""
            : owner == "user_key" ? $"where user_key between {_firstKey} and {_firstKey + Keys - 1}"
            : $"where starts_with({owner}, '{_mark}')";
        var columns = expected
            .Columns.Select(column => column == "user_key" ? $"user_key - {_firstKey}" : column)
            .ToList();
        var lines = await lake.RowsAsync(expected.Name, columns, where);
        return
        [
            .. lines.Select(line => line.Replace(_mark, "", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        ];
    }

    private static string? OwnerOf(string table) =>
        Owners.FirstOrDefault(ModelCatalog.Shipped.Find(table).Columns.Select(column => column.Name).Contains);

    private PipeTable Marked(PipeTable table) =>
        table with
        {
            Rows =
            [
                .. table.Rows.Select(row =>
                    (IReadOnlyList<string>)[.. row.Select((cell, i) => Marked(table.Columns[i], cell))]
                ),
            ],
        };

    private string Marked(string column, string cell) =>
        cell.Length == 0 ? cell
        : column == "user_key"
            ? (long.Parse(cell, CultureInfo.InvariantCulture) + _firstKey).ToString(CultureInfo.InvariantCulture)
        : Ids.Contains(column) ? _mark + cell
        : cell;

    // Limits that let a case be small.
    private static TrafficRules RulesOf(Dictionary<string, string> limits)
    {
        var rules = new TrafficRules();
        foreach (var (name, text) in limits)
        {
            var value = name == "match_user_only" ? 0 : int.Parse(text, CultureInfo.InvariantCulture);
            rules = name switch
            {
                "max_impressions_per_minute" => rules with { MaxImpressionsPerMinute = value },
                "max_clicks_per_minute" => rules with { MaxClicksPerMinute = value },
                "repeated_click_micros" => rules with { RepeatedClick = TimeSpan.FromMicroseconds(value) },
                "click_after_impression_micros" => rules with
                {
                    ClickAfterImpression = TimeSpan.FromMicroseconds(value),
                },
                "conversion_after_click_micros" => rules with
                {
                    ConversionAfterClick = TimeSpan.FromMicroseconds(value),
                },
                "match_user_only" => rules with { MatchUserOnly = bool.Parse(text) },
                _ => throw new ArgumentException($"{name} is no limit", nameof(limits)),
            };
        }

        return rules;
    }
}
