namespace AdvertiseX.Reference;

/// <summary>What a reference file describes.</summary>
public enum ReferenceKind
{
    Campaigns,
    CampaignRates,
    Creatives,
    Sites,
    Users,
}
