namespace AdvertiseX.Reports;

/// <summary>What a row of a report covers in time.</summary>
public enum ReportPeriod
{
    /// <summary>An hour of the local clock: two of them where a clock is put back.</summary>
    Hour,

    /// <summary>A local day.</summary>
    Day,

    /// <summary>A week from Monday on, cut at the report's ends.</summary>
    Week,

    /// <summary>A month of the calendar, cut at the report's ends.</summary>
    Month,

    /// <summary>The whole report.</summary>
    Total,
}
