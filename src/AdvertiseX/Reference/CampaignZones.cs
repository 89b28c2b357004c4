namespace AdvertiseX.Reference;

/// <summary>
/// The zones of the campaigns of one load, for rates that begin on a bare date: the campaign's own, else its
/// advertiser's where that is in the load too, else UTC. Not thread-safe.
/// </summary>
internal sealed class CampaignZones
{
    private readonly Dictionary<string, (string? Zone, string? Advertiser)> _campaigns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _advertisers = new(StringComparer.Ordinal);

    public void Note(ReferenceKind kind, ReferenceRecord record)
    {
        if (kind is not (ReferenceKind.Campaigns or ReferenceKind.Advertisers))
            return;
        var zone = record.Find(ReferenceLayout.NamesOf("time_zone")) is { } text ? ReferenceText.Zone(text) : null;
        var advertiser = record.Find(ReferenceLayout.NamesOf("advertiser_id"));
        if (kind == ReferenceKind.Campaigns && record.Find(["campaign_id"]) is { } campaign)
            _campaigns[campaign] = (zone, advertiser);
        if (kind == ReferenceKind.Advertisers && advertiser is not null && zone is not null)
            _advertisers[advertiser] = zone;
    }

    /// <summary>The zone of a campaign; null for one that the load does not describe.</summary>
    public string? Find(string campaign) =>
        !_campaigns.TryGetValue(campaign, out var known)
            ? null
            : known.Zone
                ?? (known.Advertiser is { } advertiser ? _advertisers.GetValueOrDefault(advertiser) : null)
                ?? "UTC";
}
