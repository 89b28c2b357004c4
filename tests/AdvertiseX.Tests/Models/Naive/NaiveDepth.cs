using System.Globalization;

namespace AdvertiseX.Tests.Models.Naive;

/// <summary>Which interactions follow each impression (docs/terms.md, Metrics), by trying each interaction with each
/// impression.</summary>
internal sealed class NaiveDepth
{
    public static readonly string[] Columns =
    [
        "interactions",
        "net_interactions",
        "impressions_with_interaction",
        "net_impressions_with_interaction",
    ];

    private const long Day = 24L * 3_600_000_000;

    private readonly Dictionary<(string Creative, string? Currency), long[]> _sums = [];

    public NaiveDepth(NaiveFacts facts, Func<string?, string?> currencyOf)
    {
        List<NaiveEvent> interactions =
        [
            .. facts
                .Clicks.Concat<NaiveEvent>(facts.Conversions)
                .Where(each => each is { Reason: null, User: not null, Campaign: not null }),
        ];
        foreach (var impression in facts.Impressions)
        {
            var following = interactions.Count(each =>
                each.User == impression.User
                && each.Campaign == impression.Campaign
                && each.Micros >= impression.Micros
                && each.Micros - impression.Micros <= Day
            );
            if (following == 0)
                continue;
            var key = (NaivePlace.Known(impression.Creative), currencyOf(impression.Campaign));
            if (!_sums.TryGetValue(key, out var sums))
                _sums[key] = sums = new long[Columns.Length];
            sums[0] += following;
            sums[2]++;
            if (impression.Reason is not null)
                continue;
            sums[1] += following;
            sums[3]++;
        }
    }

    /// <summary>The figures of a creative in the order of <see cref="Columns"/>.</summary>
    public IEnumerable<string> Of(string creative, string? currency) =>
        _sums
            .GetValueOrDefault((creative, currency), new long[Columns.Length])
            .Select(sum => sum.ToString(CultureInfo.InvariantCulture));
}
