namespace AdvertiseX.Reference;

/// <summary>What a reference file describes.</summary>
public enum ReferenceKind
{
    Advertisers,
    Campaigns,
    CampaignRates,
    Creatives,
    Sites,
    Users,
}
