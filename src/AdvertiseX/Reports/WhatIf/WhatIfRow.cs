namespace AdvertiseX.Reports.WhatIf;

/// <summary>Figures of today beside those under the other rules.</summary>
internal sealed record WhatIfRow
{
    /// <summary>Null unless rows are campaigns.</summary>
    public string? CampaignId { get; init; }

    public string? CampaignName { get; init; }

    /// <summary>Null unless rows are days.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>Of the money; counts stand in the row of the campaign's currency. Null where nothing says.</summary>
    public string? Currency { get; init; }

    public required WhatIfFigures Today { get; init; }

    public required WhatIfFigures Other { get; init; }

    /// <summary>Conversions with credit here under the other rules only.</summary>
    public required long Gained { get; init; }

    /// <summary>Conversions with credit here today only.</summary>
    public required long Lost { get; init; }
}
