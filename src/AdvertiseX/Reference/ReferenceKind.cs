namespace AdvertiseX.Reference;

/// <summary>What a reference file describes.</summary>
internal enum ReferenceKind
{
    Advertisers,
    Campaigns,
    CampaignRates,
    AdGroups,
    Creatives,
    Sites,
    Users,
    Targets,
}
