namespace AdvertiseX.Reports;

/// <summary>What a row of a performance report stands for.</summary>
public enum ReportSubject
{
    Campaigns,

    /// <summary>Creatives with their ad groups.</summary>
    Creatives,

    Sites,

    Devices,

    /// <summary>Countries and regions.</summary>
    Geo,

    /// <summary>What users were when they saw an ad: new, exposed, engaged, clickers, converters.</summary>
    Segments,

    /// <summary>Users by age band and gender.</summary>
    Audiences,
}
