namespace AdvertiseX.Tests.Models.Naive;

internal sealed class NaiveConversion : NaiveEvent
{
    public required string Type { get; init; }

    public required string? Order { get; init; }

    public required long? Revenue { get; init; }

    public required string? CarriedClick { get; init; }

    public required string? CarriedImpression { get; init; }

    public bool IsDuplicateOrder { get; set; }

    /// <summary>Eligible touches in their order: clicks, or where there is none, views.</summary>
    public List<NaiveEvent> Touches { get; } = [];

    /// <summary>Whether net knows it.</summary>
    public bool IsNet => Reason is null && !IsDuplicateOrder;
}
