namespace AdvertiseX.Reports;

/// <summary>A campaign or an advertiser, which can be asked for by its id or its name.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name in the reference data, or null.</param>
/// <param name="TimeZone">The zone in which its days are counted.</param>
internal sealed record NamedId(string Id, string? Name, string TimeZone);
