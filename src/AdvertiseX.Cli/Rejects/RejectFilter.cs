using System.CommandLine;
using System.Globalization;
using AdvertiseX.Engines;
using AdvertiseX.Events;

namespace AdvertiseX.Cli.Rejects;

/// <summary>The options by which rejects are chosen, and the SQL that they mean.</summary>
internal sealed class RejectFilter
{
    private readonly Option<string?> _feed;
    private readonly Option<string?> _reason;
    private readonly Option<string?> _stream;

    public RejectFilter()
    {
        _feed = SharedOptions.Named<string?>("--feed", $"Only this feed: {string.Join(", ", FeedNames.All)}", "FEED");
        _feed.AcceptOnlyFromAmong([.. FeedNames.All, .. FeedNames.All.Select(name => name.Replace('_', '-'))]);
        _reason = SharedOptions.Named<string?>(
            "--reason",
            $"Only this reason: {string.Join(", ", RejectReasons.All)}",
            "REASON"
        );
        _reason.AcceptOnlyFromAmong([.. RejectReasons.All]);
        _stream = SharedOptions.Named<string?>("--stream", "Only streams (files) whose name contains this", "TEXT");
    }

    public Symbol[] Options => [_feed, _reason, _stream];

    /// <summary>A WHERE clause, or nothing.</summary>
    public string Where(ParseResult parsed)
    {
        var conditions = new List<string>();
        if (parsed.GetValue(_feed) is { } feed)
            conditions.Add($"feed = {SqlDialect.DuckDb.Text(feed.Replace('-', '_'))}");
        if (parsed.GetValue(_reason) is { } reason)
            conditions.Add($"reason = {SqlDialect.DuckDb.Text(reason)}");
        if (parsed.GetValue(_stream) is { } stream)
            conditions.Add($"contains(stream, {SqlDialect.DuckDb.Text(stream)})");
        return conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)}";
    }

    /// <summary>A number as SQL.</summary>
    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
