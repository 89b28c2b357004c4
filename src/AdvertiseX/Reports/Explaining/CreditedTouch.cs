namespace AdvertiseX.Reports.Explaining;

/// <summary>A row of <c>conversion_attribution</c>, as far as an explanation shows it.</summary>
internal sealed record CreditedTouch
{
    public required DateTimeOffset Time { get; init; }

    public required string CampaignId { get; init; }

    public string? CreativeId { get; init; }

    public required long Position { get; init; }

    public required IReadOnlyList<TouchCredit> Credits { get; init; }

    public string? IvtReason { get; init; }
}
