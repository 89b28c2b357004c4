using System.Globalization;
using AdvertiseX.Engines;

namespace AdvertiseX.Cli.Reports;

/// <summary>Values of a report as people see them; nulls are empty.</summary>
internal static class ReportCells
{
    private const int NameLength = 28;

    /// <summary>A period's first day, or a text without what could steer this terminal (names come from files of
    /// others), cut to its length.</summary>
    public static string Text(QueryResult result, int column)
    {
        if (result.IsNull(column))
            return "";
        if (result.Columns[column].Name is "day" or "week" or "month")
            return result.GetDate(column).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var text = string.Concat(result.GetString(column)!.Where(c => !char.IsControl(c)));
        return text.Length > NameLength ? text[..(NameLength - 1)] + "…" : text;
    }

    /// <summary>A number, rounded from its decimal digits: 0.575 is 0.58, though the double is a little less.</summary>
    public static string Figure(QueryResult result, int column, string format)
    {
        if (result.IsNull(column))
            return "";
        var value = result.GetDouble(column);
        return Math.Abs(value) < Exact
            ? ((decimal)value).ToString(format, CultureInfo.InvariantCulture)
            : value.ToString(format, CultureInfo.InvariantCulture);
    }

    // A double of less has all of its 15 digits in a decimal.
    private const double Exact = 1e15;
}
