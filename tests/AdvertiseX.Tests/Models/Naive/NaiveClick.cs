namespace AdvertiseX.Tests.Models.Naive;

internal sealed class NaiveClick : NaiveEvent
{
    public required string? CarriedImpression { get; init; }

    public NaiveImpression? Impression { get; set; }

    public string Basis { get; set; } = "unmatched";
}
