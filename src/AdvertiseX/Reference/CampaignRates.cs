using System.Globalization;

namespace AdvertiseX.Reference;

/// <summary>
/// The rates of all campaigns of one load: read when the campaigns' zones are known, checked for overlaps. A rate
/// starts and ends on a quarter of an hour, so that spend by event and spend by 15-minute sums agree
/// (<c>docs/decisions/021-quarter-hour-rates.md</c>).
/// </summary>
internal sealed class CampaignRates(ReferenceBatch batch, List<ReferenceProblem> problems)
{
    private const long QuarterHour = 900_000_000;

    private readonly Spans<string> _spans = new();

    /// <summary>Adds the rate in a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="zone">Zone of its campaign, or null when it is not known.</param>
    public void Add(ReferenceRecord record, string? zone)
    {
        var before = problems.Count;
        var from = Time(record, "valid_from", zone);
        var to = Time(record, "valid_to", zone);
        var perEvent = PerEvent(record);
        if (problems.Count > before)
            return;
        if (from >= to)
            Note(record, "valid_to", record.Find(ReferenceLayout.NamesOf("valid_to")), "a time after valid_from");
        else if (
            record.Find(["campaign_id"]) is { } campaign
            && !_spans.TryAdd(campaign, from ?? long.MinValue, to ?? long.MaxValue)
        )
            Note(record, null, null, $"rates of {campaign} that do not overlap");
        if (problems.Count > before)
            return;
        batch.Add(
            record,
            column =>
                column switch
                {
                    "valid_from" => from?.ToString(CultureInfo.InvariantCulture),
                    "valid_to" => to?.ToString(CultureInfo.InvariantCulture),
                    "rate_per_event_micros" => perEvent?.ToString(CultureInfo.InvariantCulture),
                    _ => null,
                }
        );
    }

    private long? Time(ReferenceRecord record, string column, string? zone)
    {
        if (record.Find(ReferenceLayout.NamesOf(column)) is not { } text)
            return null;
        var micros = ReferenceText.Instant(text, zone);
        if (micros is null)
            Note(
                record,
                column,
                text,
                zone is null
                    ? "an instant such as 2024-03-01T00:00:00Z"
                    : "a date, or an instant such as 2024-03-01T00:00:00Z"
            );
        else if (micros % QuarterHour != 0)
            Note(record, column, text, "a time on a quarter of an hour");
        return micros;
    }

    private long? PerEvent(ReferenceRecord record)
    {
        if (record.Find(["rate"]) is not { } text || ReferenceText.Millionths(text) is not { } rate)
            return null;
        var isPerMille = record.Find(ReferenceLayout.NamesOf("pricing_model"))?.ToLowerInvariant() == "cpm";
        if (isPerMille && rate % 1000 != 0)
            Note(record, "rate_micros", text, "a CPM rate of whole thousandths (at most 3 places)");
        return isPerMille ? rate / 1000 : rate;
    }

    private void Note(ReferenceRecord record, string? column, string? found, string expected) =>
        problems.Add(
            new ReferenceProblem(
                record.File,
                record.Row,
                column is null ? null : ReferenceLayout.NamesOf(column)[0],
                found,
                expected
            )
        );
}
