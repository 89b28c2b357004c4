using System.Globalization;
using System.Text;
using System.Text.Json;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>
/// The <c>stats</c> of a Delta <c>add</c> action (PROTOCOL.md, "Per-file Statistics"). A column without a value has no
/// bounds; one whose bound cannot be written (a year beyond 9999, bytes that are no UTF-8) has none either. Nothing of
/// a column that comes from the user is in it.
/// </summary>
internal static class DeltaStatistics
{
    private const int MaxTextBytes = 32;

    public static string Write(IReadOnlyList<ColumnDefinition> columns, IReadOnlyList<ColumnChunkMetadata[]> groups)
    {
        var bounds = columns
            .Select((_, i) => groups.Aggregate(default(ValueBounds), (all, g) => all.With(g[i].Bounds)))
            .ToArray();
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("numRecords", groups.Sum(g => g[0].Rows));
            WriteBounds(json, "minValues", columns, bounds, largest: false);
            WriteBounds(json, "maxValues", columns, bounds, largest: true);
            json.WriteStartObject("nullCount");
            for (var i = 0; i < columns.Count; i++)
            {
                if (!columns[i].FromUser)
                    json.WriteNumber(columns[i].Name, groups.Sum(g => g[i].Nulls));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>Microseconds since 1970 with all six digits, in UTC; null beyond the years 1 to 9999.</summary>
    internal static string? Timestamp(long micros)
    {
        const long Earliest = -62_135_596_800_000_000,
            Latest = 253_402_300_799_999_999;
        return micros is < Earliest or > Latest
            ? null
            : DateTime
                .UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond)
                .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
    }

    private static string? Date(long days)
    {
        const long Earliest = -719_162,
            Latest = 2_932_896;
        return days is < Earliest or > Latest
            ? null
            : DateTime.UnixEpoch.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static void WriteBounds(
        Utf8JsonWriter json,
        string name,
        IReadOnlyList<ColumnDefinition> columns,
        ValueBounds[] bounds,
        bool largest
    )
    {
        json.WriteStartObject(name);
        for (var i = 0; i < columns.Count; i++)
        {
            if (bounds[i].Known)
                WriteBound(json, columns[i], bounds[i], largest);
        }

        json.WriteEndObject();
    }

    private static void WriteBound(Utf8JsonWriter json, ColumnDefinition column, ValueBounds bounds, bool largest)
    {
        var number = largest ? bounds.Max : bounds.Min;
        switch (column.Type)
        {
            case ColumnType.Int64 or ColumnType.Int32:
                json.WriteNumber(column.Name, number);
                return;
            case ColumnType.Boolean or ColumnType.Binary:
                return; // Delta knows no bounds of these.
        }

        var text = column.Type switch
        {
            ColumnType.Timestamp => Timestamp(number),
            ColumnType.Date => Date(number),
            _ => Shortened(largest ? bounds.MaxText : bounds.MinText, largest),
        };
        if (text != null)
            json.WriteString(column.Name, text);
    }

    private static string? Shortened(TextBound? bound, bool largest)
    {
        if (bound == null || bound.Bytes.Length <= MaxTextBytes)
            return bound?.ToText();
        return (
            largest ? TextBound.Upper(bound.Bytes, MaxTextBytes) : TextBound.Lower(bound.Bytes, MaxTextBytes)
        )?.ToText();
    }
}
