namespace AdvertiseX.Reports;

/// <summary>How a table is laid out.</summary>
internal sealed record TableOptions
{
    /// <summary>Rows shown at most, at least 1; null for all.</summary>
    public long? MaxRows { get; init; }

    /// <summary>Wider values are cut and end with …; at least 4 columns of the terminal; null never cuts.</summary>
    public int? MaxColumnWidth { get; init; } = 60;

    /// <summary>
    /// Rows read before the first is written, to find the widths; a wider value further down moves its line's rest to
    /// the right.
    /// </summary>
    public int RowsForWidths { get; init; } = 1_000;
}
