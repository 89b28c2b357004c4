using System.Globalization;
using AdvertiseX.Cli.Names;
using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Reports;

/// <summary>What a report covers: its options with the ids of what was named, and the dates that have figures.
/// Immutable.</summary>
/// <param name="Options">Campaigns and advertisers are ids that the lake knows.</param>
/// <param name="Dates">The dates with figures.</param>
internal sealed record ReportScope(PerformanceReportOptions Options, FigureDates Dates)
{
    /// <summary>Finds the campaigns and advertisers that the options name, and the dates with figures.</summary>
    /// <param name="engine">Reads them.</param>
    /// <param name="lake">The lake.</param>
    /// <param name="options">Campaigns and advertisers by id or name.</param>
    /// <param name="dated">SELECT of campaign_id and local_date of the report's rows.</param>
    /// <param name="tables">Tables that it reads.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="LakeException">The models were never run, a name is not known, or what was asked for has no
    /// figures on the dates asked for.</exception>
    public static async Task<ReportScope> ReadAsync(
        IQueryEngine engine,
        DataLake lake,
        PerformanceReportOptions options,
        string dated,
        IReadOnlyList<string> tables,
        CancellationToken cancellation
    )
    {
        // That no model ran says more than that a campaign is unknown.
        await ReportTables.SetsAsync(lake, tables, cancellation);
        var names = new GivenNames(engine, lake);
        var campaigns = await names.CampaignsAsync(options.Campaigns, tables, cancellation);
        var advertisers = await names.AdvertisersAsync(options.Advertisers, cancellation);
        options = options with
        {
            Campaigns = [.. campaigns.Select(campaign => campaign.Id)],
            Advertisers = [.. advertisers.Select(advertiser => advertiser.Id)],
        };
        var dates = await FigureDates.ReadAsync(engine, lake, dated, tables, options, cancellation);
        if (campaigns.Count + advertisers.Count > 0 || (options.From ?? options.To) is not null)
            dates.Require(string.Join(" of ", ["figures", .. Whose(campaigns, advertisers)]), options.From, options.To);
        return new ReportScope(options, dates);
    }

    /// <summary>As <see cref="ReadAsync(IQueryEngine, DataLake, PerformanceReportOptions, string,
    /// IReadOnlyList{string}, CancellationToken)"/>, for a report whose rows are those of one table.</summary>
    public static Task<ReportScope> ReadAsync(
        IQueryEngine engine,
        DataLake lake,
        PerformanceReportOptions options,
        string table,
        CancellationToken cancellation
    ) => ReadAsync(engine, lake, options, $"select p.campaign_id, p.local_date from {table} p", [table], cancellation);

    /// <summary>The line above the report: dates, zone, kind of traffic, and how conversions are credited.</summary>
    /// <param name="credit">"last touch by conversion date"; null for a report without credits.</param>
    public string Heading(string? credit) =>
        Heading(Dates, Options.From, Options.To, Options.Net ? "net" : "gross", credit);

    /// <summary>The parts in the order of every heading.</summary>
    public static string Heading(
        FigureDates dates,
        DateOnly? from,
        DateOnly? to,
        params IReadOnlyList<string?> parts
    ) => string.Join(", ", [Range(dates, from, to), .. parts.OfType<string>()]);

    private static string Range(FigureDates dates, DateOnly? from, DateOnly? to)
    {
        if (!dates.HasAny || (from ?? dates.First) is not { } first || (to ?? dates.Last) is not { } last)
            return "no dates with figures yet";
        var zone = dates.TimeZone is { } name ? $"in {ShownText.Of(name)}" : "in each campaign's own zone";
        return first == last ? $"{Day(first)} {zone}" : $"{Day(first)} to {Day(last)} {zone}";
    }

    private static IEnumerable<string> Whose(IReadOnlyList<NamedId> campaigns, IReadOnlyList<NamedId> advertisers)
    {
        if (campaigns.Count > 0)
            yield return Listed("campaign", campaigns);
        if (advertisers.Count > 0)
            yield return Listed("advertiser", advertisers);
    }

    private static string Listed(string kind, IReadOnlyList<NamedId> named) =>
        $"{kind}{(named.Count == 1 ? "" : "s")} {string.Join(", ", named.Select(each => ShownText.Of(each.Id)))}";

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
