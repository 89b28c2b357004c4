namespace AdvertiseX.Reports.Explaining;

/// <summary>Why a candidate is no touch of a conversion: the first of these that holds.</summary>
internal enum TouchLoss
{
    /// <summary>Its user has the same 64-bit key, but is another.</summary>
    OtherUser,

    AfterConversion,

    /// <summary>Longer before the conversion than its campaign's window.</summary>
    OutsideWindow,

    /// <summary>Its advertiser is known and another than the conversion's.</summary>
    OtherAdvertiser,

    /// <summary>One of the advertisers is not known, and the campaigns are not the same.</summary>
    OtherCampaign,

    /// <summary>A view, and a click is eligible.</summary>
    ClicksBeatViews,

    /// <summary>The models leave it out for a reason that is not among these.</summary>
    OtherRule,
}
