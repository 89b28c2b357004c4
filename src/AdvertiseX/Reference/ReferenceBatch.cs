using System.Text;
using AdvertiseX.Columns;

namespace AdvertiseX.Reference;

/// <summary>Records of one kind as typed columns, each value checked. Not thread-safe.</summary>
internal sealed class ReferenceBatch : IDisposable
{
    private readonly List<ReferenceProblem> _problems;
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly Spans<(string Level, string Id, string Metric)> _targets = new();
    private readonly Dictionary<ColumnDefinition, string[]> _names;

    public ReferenceBatch(TableSchema schema, List<ReferenceProblem> problems)
    {
        Rows = new ColumnBatch(schema);
        _problems = problems;
        _names = schema.Columns.ToDictionary(column => column, column => ReferenceLayout.NamesOf(column.Name));
    }

    public ColumnBatch Rows { get; }

    /// <summary>Adds a record; what is wrong with it is noted, and then it is not added.</summary>
    public void Add(ReferenceRecord record, Func<string, string?>? derived = null)
    {
        var before = _problems.Count;
        foreach (var column in Rows.Columns)
        {
            var definition = column.Definition;
            var text = derived?.Invoke(definition.Name) ?? record.Find(_names[definition]);
            if (text is not null)
                Set(record, column, text);
            else if (!definition.Nullable)
                Note(record, definition.Name, null, "a value");
        }

        if (Rows.Schema == ReferenceTables.Targets)
            CheckDates(record, before);
        else if (Rows.Schema != ReferenceTables.CampaignRates)
            CheckKey(record);
        if (Rows.Schema == ReferenceTables.Campaigns)
            CheckFlight(record);
        if (_problems.Count > before)
            Rows.ClearRow(Rows.Rows);
        else
            Rows.AddRow();
    }

    public void Dispose() => Rows.Dispose();

    private void CheckKey(ReferenceRecord record)
    {
        var column = Rows.Schema.Columns[0];
        if (record.Find(_names[column]) is { } key && !_keys.Add(key))
            Note(record, column.Name, key, "each id once");
    }

    private void CheckDates(ReferenceRecord record, int before)
    {
        var end = record.Find(ReferenceLayout.NamesOf("valid_to"));
        var from = ReferenceText.Date(record.Find(ReferenceLayout.NamesOf("valid_from")));
        var to = ReferenceText.Date(end);
        if (from > to)
            Note(record, "valid_to", end, "a date not before valid_from");
        if (_problems.Count > before)
            return;
        var (level, id) = (Word("level", record.Find(["level"])!)!, record.Find(["id"])!);
        var metric = Word("metric", record.Find(["metric"])!)!;
        if (!_targets.TryAdd((level, id, metric), from?.DayNumber ?? 0, (to ?? DateOnly.MaxValue).DayNumber + 1L))
            _problems.Add(
                new(record.File, record.Row, null, null, $"targets of {level} {id} for {metric} that do not overlap")
            );
    }

    private void CheckFlight(ReferenceRecord record)
    {
        var end = record.Find(ReferenceLayout.NamesOf("end_date"));
        if (ReferenceText.Date(record.Find(ReferenceLayout.NamesOf("start_date"))) > ReferenceText.Date(end))
            Note(record, "end_date", end, "a date not before start_date");
    }

    private void Set(ReferenceRecord record, Column column, string text)
    {
        var row = Rows.Rows;
        var name = column.Definition.Name;
        switch (column)
        {
            case FixedColumn<long> number:
                if (Number(name, text) is { } value)
                    number.Set(row, value);
                else
                    Note(record, name, text, NumberExpected(name));
                break;
            case FixedColumn<int> date:
                if (ReferenceText.Date(text) is { } day)
                    date.Set(row, day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber);
                else
                    Note(record, name, text, "a date such as 2024-03-01");
                break;
            case TextColumn words:
                words.Set(row, Encoding.UTF8.GetBytes(text));
                break;
            case DictionaryColumn words:
                if (Word(name, text) is { } word)
                    words.Set(row, Encoding.UTF8.GetBytes(word));
                else
                    Note(record, name, text, WordExpected(name));
                break;
        }
    }

    private static long? Number(string column, string text) =>
        column switch
        {
            "user_key" or "rate_per_event_micros" or "valid_from" or "valid_to" => long.Parse(
                text,
                System.Globalization.CultureInfo.InvariantCulture
            ),
            "click_window_micros" or "conversion_click_window_micros" or "view_window_micros" => ReferenceText.Window(
                text
            ),
            "target_millionths" => ReferenceText.Millionths(text) is > 0 and var target ? target : null,
            _ => ReferenceText.Millionths(text),
        };

    private static string NumberExpected(string column) =>
        column.EndsWith("_window_micros", StringComparison.Ordinal) ? ReferenceText.WindowExpected
        : column == "target_millionths" ? "a decimal number above 0 of at most 6 places"
        : "a decimal number, not negative, of at most 6 places";

    private static string? Word(string column, string text) =>
        column switch
        {
            "currency" => ReferenceText.Currency(text),
            "time_zone" => ReferenceText.Zone(text),
            "level" => OneOf(ReferenceText.Levels, text),
            "metric" => OneOf(ReferenceText.Metrics, text),
            "pricing_model" => text.ToLowerInvariant() is "cpm" or "cpc" or "cpa" ? text.ToLowerInvariant() : null,
            _ => text,
        };

    private static string? OneOf(string[] words, string text) =>
        Array.Find(words, word => word.Equals(text, StringComparison.OrdinalIgnoreCase));

    private static string WordExpected(string column) =>
        column switch
        {
            "currency" => "an ISO 4217 code such as EUR",
            "time_zone" => "an IANA time zone such as Europe/Berlin",
            "level" => string.Join(", ", ReferenceText.Levels),
            "metric" => string.Join(", ", ReferenceText.Metrics),
            _ => "cpm, cpc or cpa",
        };

    private void Note(ReferenceRecord record, string column, string? found, string expected) =>
        _problems.Add(
            new ReferenceProblem(record.File, record.Row, ReferenceLayout.NamesOf(column)[0], found, expected)
        );
}
