namespace AdvertiseX.Reports.WhatIf;

/// <summary>What a row of a comparison stands for, besides its currency.</summary>
internal enum WhatIfGrain
{
    /// <summary>All campaigns and dates together.</summary>
    Total,

    /// <summary>A local date of the conversion.</summary>
    Day,

    /// <summary>A campaign that touched.</summary>
    Campaign,
}
