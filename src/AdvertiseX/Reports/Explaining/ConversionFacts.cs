using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Reports.Explaining;

/// <summary>
/// The facts around one conversion or adjustment: itself, the others of its order id, its user's clicks and impressions
/// within twice the longest window, a day after it included, and those whose ids it carries. Only files of those dates
/// are read.
/// </summary>
internal sealed class ConversionFacts
{
    public const string Clicks = "click_attribution";
    public const string Touches = "conversion_touches";

    private const string Conversions = "conversions";
    private const string Impressions = "impressions";

    private readonly ModelTrial _trial;
    private long _key;
    private long _micros;
    private long? _userKey;
    private string? _userId;
    private string? _type;
    private string? _orderId;
    private string? _clickId;
    private string? _impressionId;

    private ConversionFacts(ModelTrial trial, string id) => (_trial, Id) = (trial, id);

    public string Id { get; }

    /// <summary>UTC date of the conversion.</summary>
    public DateOnly Date { get; private set; }

    public string? CampaignId { get; private set; }

    /// <summary>The campaign's by the reference data, else the event's own.</summary>
    public string? AdvertiserId { get; private set; }

    /// <exception cref="LakeException">The lake has no such conversion, or its clicks were never
    /// attributed.</exception>
    public static async Task<ConversionFacts> FindAsync(
        ModelTrial trial,
        DataLake lake,
        string id,
        CancellationToken cancellation
    )
    {
        var found = new ConversionFacts(trial, id) { _key = KeyOf(id) };
        var select = $"""
            select c.*, unix_micros(c.event_time) as micros, coalesce(g.advertiser_id, c.advertiser_id) as resolved_advertiser_id
            from (select * from conversions where event_key = {found._key} and event_id = {trial.Dialect.Text(id)}) as c
            left join campaigns g on g.campaign_id = c.campaign_id
            """;
        using var rows = new NamedRows(
            await trial.ReadAsync(
                select,
                [await trial.SetAsync(Conversions, cancellation), await trial.SetAsync("campaigns", cancellation)],
                cancellation
            )
        );
        if (!rows.Read())
            throw new LakeException(
                $"no conversion has the id {TerminalText.Visible(id)}; ids are the column event_id of conversions"
            );
        if (lake.Tables.All(table => table.Name != Clicks))
            throw new LakeException($"The lake has no {Clicks} yet; adx run computes it.");
        found.Take(rows);
        return found;
    }

    /// <summary>Leaves in the trial's tables only what concerns this conversion.</summary>
    /// <returns>Notes about ids that point at nothing.</returns>
    public async Task<List<string>> NarrowAsync(CancellationToken cancellation)
    {
        var (clicks, views) = await LongestWindowsAsync(cancellation);
        var notes = new List<string>();
        var all = await _trial.SetAsync(Conversions, cancellation);
        await _trial.ReplaceAsync(
            Conversions,
            $"select * from conversions where event_key = {_key}",
            [all],
            cancellation
        );
        if (!await NarrowAsync(Clicks, "click_key", "click_id", _clickId, clicks, cancellation))
            notes.Add($"the click {_clickId}, which the conversion carries, is not in the lake");
        if (!await NarrowAsync(Impressions, "event_key", "event_id", _impressionId, views, cancellation))
            notes.Add($"the impression {_impressionId}, which the conversion carries, is not in the lake");
        await NarrowTouchesAsync(all, cancellation);
        return notes;
    }

    /// <summary>
    /// Puts what the facts say now of this conversion's touches beside what the lake knows of the others of its order,
    /// whose users and clicks are not looked at.
    /// </summary>
    private async Task NarrowTouchesAsync(ParquetSet conversions, CancellationToken cancellation)
    {
        var fresh = _trial.SetOf(Touches, await _trial.EvaluateAsync(Touches, cancellation), "fresh");
        var stored = await _trial.SetAsync(Touches, cancellation, "stored");
        var same = _orderId is null ? "" : $" or order_id = {_trial.Dialect.Text(_orderId)}";
        await _trial.ReplaceAsync(
            Conversions,
            $"select * from conversions where event_key = {_key}{same}",
            [conversions],
            cancellation
        );
        var columns = string.Join(", ", _trial.ColumnsOf(Touches).Select(column => column.Name));
        await _trial.ReplaceAsync(
            Touches,
            $"""
            select {columns} from fresh
            union all
            select {columns} from stored
            where conversion_key <> {_key} and conversion_key in (select event_key from conversions)
            """,
            [fresh, stored, await _trial.SetAsync(Conversions, cancellation)],
            cancellation
        );
    }

    /// <summary>All candidates, in any order, without a verdict.</summary>
    public async Task<IReadOnlyList<TouchCandidate>> CandidatesAsync(CancellationToken cancellation)
    {
        ParquetSet[] sets =
        [
            await _trial.SetAsync(Clicks, cancellation),
            await _trial.SetAsync(Impressions, cancellation),
            await _trial.SetAsync("campaigns", cancellation),
            await _trial.SetAsync("creatives", cancellation),
        ];
        var candidates = new List<TouchCandidate>();
        using var rows = new NamedRows(await _trial.ReadAsync(CandidatesSelect, sets, cancellation));
        while (rows.Read())
        {
            candidates.Add(
                new TouchCandidate
                {
                    Kind = rows.Text("kind")!,
                    Id = rows.Text("id")!,
                    Time = rows.Time("micros")!.Value,
                    Age = TimeSpan.FromMicroseconds(_micros - rows.Count("micros")),
                    CampaignId = rows.Text("campaign_id")!,
                    CreativeId = rows.Text("creative_id")!,
                    AdvertiserId = rows.Text("advertiser_id"),
                    Window = TimeSpan.FromMicroseconds(rows.Count("window_micros")),
                    IsSameUser =
                        _userKey is not null && rows.Number("user_key") == _userKey && rows.Text("user_id") == _userId,
                    IsCarried = rows.Text("id") == (rows.Text("kind") == "click" ? _clickId : _impressionId),
                    IvtReason = rows.Text("ivt_reason"),
                }
            );
        }

        return candidates;
    }

    /// <summary>The conversion for people; its local time is still that of UTC.</summary>
    public async Task<ExplainedConversion> DescribeAsync(CancellationToken cancellation)
    {
        using var rows = new NamedRows(
            await _trial.ReadAsync(
                $"""
                select
                  c.*, g.campaign_name, coalesce(g.time_zone, a.time_zone) as zone, coalesce(c.currency, g.currency) as money_currency
                from conversions c
                left join campaigns g on g.campaign_id = c.campaign_id
                left join advertisers a on a.advertiser_id = g.advertiser_id
                where c.event_id = {_trial.Dialect.Text(Id)}
                """,
                [
                    await _trial.SetAsync(Conversions, cancellation),
                    await _trial.SetAsync("campaigns", cancellation),
                    await _trial.SetAsync("advertisers", cancellation),
                ],
                cancellation
            )
        );
        rows.Read();
        var time = DateTimeOffset.UnixEpoch.AddMicroseconds(_micros);
        return new ExplainedConversion
        {
            Id = Id,
            Time = time,
            LocalTime = time,
            TimeZone = rows.Text("zone") ?? "UTC",
            Type = _type,
            OrderId = _orderId,
            RevenueMicros = rows.Number("revenue_micros"),
            Currency = rows.Text("money_currency"),
            CampaignId = CampaignId,
            CampaignName = rows.Text("campaign_name"),
            AdvertiserId = AdvertiserId,
            UserId = _userId,
            ClickId = _clickId,
            ImpressionId = _impressionId,
        };
    }

    private const string CandidatesSelect = """
        select
          'click' as kind, k.click_id as id, k.user_id, k.user_key, unix_micros(k.event_time) as micros, k.campaign_id, k.creative_id,
          coalesce(g.advertiser_id, k.advertiser_id) as advertiser_id, k.ivt_reason,
          coalesce(g.conversion_click_window_micros, 2592000000000) as window_micros
        from click_attribution k
        left join campaigns g on g.campaign_id = k.campaign_id
        union all
        select
          'view', i.event_id, i.user_id, i.user_key, unix_micros(i.event_time), coalesce(i.campaign_id, r.campaign_id, '(unknown)'),
          coalesce(i.creative_id, '(unknown)'), coalesce(g.advertiser_id, i.advertiser_id), i.ivt_reason,
          coalesce(g.view_window_micros, 86400000000)
        from impressions i
        left join creatives r on r.creative_id = i.creative_id
        left join campaigns g on g.campaign_id = coalesce(i.campaign_id, r.campaign_id)
        """;

    private static long KeyOf(string id) => (long)StableHash.Hash64(Encoding.UTF8.GetBytes(id));

    private void Take(NamedRows row)
    {
        _micros = row.Count("micros");
        Date = row.Date("event_date")!.Value;
        _userKey = row.Number("user_key");
        _userId = row.Text("user_id");
        _type = row.Text("conversion_type");
        _orderId = row.Text("order_id");
        _clickId = row.Text("click_id");
        _impressionId = row.Text("impression_id");
        CampaignId = row.Text("campaign_id");
        AdvertiserId = row.Text("resolved_advertiser_id");
    }

    private async Task<(TimeSpan Clicks, TimeSpan Views)> LongestWindowsAsync(CancellationToken cancellation)
    {
        using var rows = new NamedRows(
            await _trial.ReadAsync(
                "select max(coalesce(conversion_click_window_micros, 0)) as clicks, max(coalesce(view_window_micros, 0)) as views from campaigns",
                [await _trial.SetAsync("campaigns", cancellation)],
                cancellation
            )
        );
        rows.Read();
        return (Longer(rows.Count("clicks"), TimeSpan.FromDays(30)), Longer(rows.Count("views"), TimeSpan.FromDays(1)));

        static TimeSpan Longer(long micros, TimeSpan usual) =>
            TimeSpan.FromMicroseconds(Math.Max(micros, (long)usual.TotalMicroseconds));
    }

    /// <summary>
    /// Leaves the user's rows near the conversion and the one whose id it carries, at any distance: that it is out of
    /// the window is worth knowing, and other dates are read only where it is not near.
    /// </summary>
    /// <returns>False when the id carried is not there.</returns>
    private async Task<bool> NarrowAsync(
        string table,
        string keyColumn,
        string idColumn,
        string? carried,
        TimeSpan window,
        CancellationToken cancellation
    )
    {
        var (first, last) = (Date.AddDays(-2 * (int)Math.Ceiling(window.TotalDays)), Date.AddDays(1));
        var files = await _trial.FilesAsync(table, cancellation);
        var near = files.Where(file => file.EventDate >= first && file.EventDate <= last).ToList();
        var byId = carried is null
            ? "false"
            : $"{keyColumn} = {KeyOf(carried)} and {idColumn} = {_trial.Dialect.Text(carried)}";
        var byUser = _userKey is { } user ? $"user_key = {user}" : "false";
        var found = carried is null || await IsThereAsync(near);
        var far = found ? [] : files.Except(near).ToList();
        var foundFar = !found && await IsThereAsync(far);
        ParquetSet[] sets = [_trial.SetOf(table, near, "near"), _trial.SetOf(table, foundFar ? far : [], "far")];
        await _trial.ReplaceAsync(
            table,
            $"select * from near where ({byUser}) or ({byId})\nunion all\nselect * from far where {byId}",
            sets,
            cancellation
        );
        return found || foundFar;

        async Task<bool> IsThereAsync(IReadOnlyList<LakeFile> among)
        {
            using var rows = await _trial.ReadAsync(
                $"select 1 from among where {byId} limit 1",
                [_trial.SetOf(table, among, "among")],
                cancellation
            );
            return rows.Read();
        }
    }
}
