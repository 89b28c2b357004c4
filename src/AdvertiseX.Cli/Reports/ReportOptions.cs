using System.CommandLine;
using AdvertiseX.Cli.Dates;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Reports;

/// <summary>The options that every report has: which lake, days and campaigns, gross or net, and how it is
/// written.</summary>
internal sealed class ReportOptions
{
    private readonly Option<string?> _lake;
    private readonly DateRangeOptions _dates = new("in each campaign's own zone");
    private readonly TimeProvider _clock;
    private readonly Option<string> _by;
    private readonly Option<string[]> _campaigns;
    private readonly Option<string[]> _advertisers;
    private readonly Option<bool> _net;
    private readonly Option<bool> _gross;
    private readonly Option<string?> _format;
    private readonly Option<bool> _json;
    private readonly Option<string?> _output;

    /// <param name="terminal">Says where the lake is by default, and what today is.</param>
    /// <param name="periods">What --by takes; the first is the default.</param>
    public ReportOptions(Terminal terminal, params ReportPeriod[] periods)
    {
        _lake = SharedOptions.Lake(terminal);
        _clock = terminal.Clock;
        var names = periods.Select(period => period.ToString().ToLowerInvariant());
        _by = SharedOptions.OneOf("--by", $"{string.Join(", ", names)}; weeks begin on Monday", "PERIOD", periods);
        _campaigns = SharedOptions.Named<string[]>(
            "--campaign",
            "Only this campaign, by id or name; may be given several times",
            "CAMPAIGN"
        );
        _advertisers = SharedOptions.Named<string[]>(
            "--advertiser",
            "Only campaigns of this advertiser, by id or name; may be given several times",
            "ADVERTISER"
        );
        _net = SharedOptions.Named<bool>("--net", "Without invalid traffic and repeated orders (the default)");
        _gross = SharedOptions.Named<bool>("--gross", "All traffic, invalid and repeated too");
        _format = SharedOptions.Named<string?>(
            "--format",
            "table, csv or json (one array of objects); default: by the name of --output, else table",
            "FORMAT"
        );
        _format.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "table", "csv", "json");
        _json = SharedOptions.Json("The same as --format json");
        _output = SharedOptions.Named<string?>("--output", "Write to this file, over what is there", "FILE");
    }

    /// <summary>All of them, those of one report between days and format.</summary>
    public Symbol[] With(params Symbol[] own) =>
        [_lake, .. _dates.All, _by, _campaigns, _advertisers, _net, _gross, .. own, _format, _json, _output];

    /// <summary>The days, campaigns and kind of traffic that were asked for.</summary>
    /// <exception cref="UsageException">Options contradict each other.</exception>
    public PerformanceReportOptions Read(ParseResult parsed)
    {
        if (parsed.GetValue(_net) && parsed.GetValue(_gross))
            throw new UsageException("--net and --gross contradict each other");
        var (from, to) = _dates.Read(parsed, _clock);
        return new PerformanceReportOptions
        {
            From = from,
            To = to,
            By = parsed.ValueOf<ReportPeriod>(_by),
            Campaigns = parsed.GetValue(_campaigns) ?? [],
            Advertisers = parsed.GetValue(_advertisers) ?? [],
            Net = !parsed.GetValue(_gross),
        };
    }

    /// <summary>Requires that a report can be what its options ask for.</summary>
    /// <exception cref="UsageException">It cannot; the message has the command line's names.</exception>
    public static void Require(PerformanceReportOptions options)
    {
        if (options.ProblemIn(property => "--" + property.ToLowerInvariant()) is { } problem)
            throw new UsageException(problem);
    }

    /// <summary>Where the report goes, and how.</summary>
    /// <exception cref="UsageException">Options contradict each other.</exception>
    public ReportOutput Output(ParseResult parsed, Terminal terminal)
    {
        var path = parsed.GetValue(_output) is { } name ? Path.GetFullPath(name) : null;
        var format = FormatChoice.Of(parsed.GetValue(_format), parsed.GetValue(_json), path);
        if (format == ResultFormat.Parquet)
            throw new UsageException("a report is written as table, csv or json; adx query writes Parquet");
        return new ReportOutput(terminal, format, path);
    }
}
