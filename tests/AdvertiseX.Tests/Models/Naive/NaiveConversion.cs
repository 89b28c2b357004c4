namespace AdvertiseX.Tests.Models.Naive;

internal sealed class NaiveConversion : NaiveEvent
{
    public required string Type { get; init; }

    public required string? Order { get; init; }

    public required long? Revenue { get; init; }

    public required string? CarriedClick { get; init; }

    public required string? CarriedImpression { get; init; }

    public bool IsDuplicateOrder { get; set; }

    public bool IsAdjustment { get; init; }

    /// <summary>Of an adjustment: the conversion that it adjusts; null where it is unmatched.</summary>
    public NaiveConversion? Adjusts { get; set; }

    /// <summary>What it earns or takes back: its own revenue, or what an adjustment without one comes to.</summary>
    public long? Amount { get; set; }

    public string? AmountCurrency { get; set; }

    /// <summary>The conversion whose touches and verdicts hold for it.</summary>
    public NaiveConversion Earner => Adjusts ?? this;

    /// <summary>The type as types are compared.</summary>
    public string PlainType => PlainOf(Type);

    public static string PlainOf(string type)
    {
        var plain = new string([.. type.ToLowerInvariant().Where(letter => !" -_".Contains(letter))]);
        return plain.EndsWith('s') ? plain[..^1] : plain;
    }

    /// <summary>Eligible touches in their order: clicks, or where there is none, views.</summary>
    public List<NaiveEvent> Touches { get; } = [];

    /// <summary>Whether net knows it.</summary>
    public bool IsNet => Reason is null && !IsDuplicateOrder;
}
