using AdvertiseX.Models;

namespace AdvertiseX.Reports;

/// <summary>The attribution models that conversions are credited by (docs/terms.md, Credit).</summary>
internal static class AttributionModels
{
    internal const string Table = "conversion_attribution";

    private const string Suffix = "_millionths";

    /// <summary>Their names, in the order of the table's columns.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. ModelCatalog
            .Shipped.Find(Table)
            .Columns.Select(column => column.Name)
            .Where(name =>
                name.EndsWith(Suffix, StringComparison.Ordinal)
                && !name.EndsWith($"_net{Suffix}", StringComparison.Ordinal)
            )
            .Select(name => name[..^Suffix.Length]),
    ];

    /// <summary>The column with a model's credits, gross or net.</summary>
    internal static string Millionths(string model, bool net) => $"{model}{(net ? "_net" : "")}{Suffix}";

    /// <summary>The column with a model's part of the revenue.</summary>
    internal static string Revenue(string model, bool net) => $"{model}{(net ? "_net" : "")}_revenue_micros";
}
