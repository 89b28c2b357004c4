namespace AdvertiseX.Enrichment;

/// <summary>Configuration of row-level enrichment.</summary>
public readonly record struct EnrichmentOptions()
{
    /// <summary>Address ranges (CIDR) whose traffic is flagged <c>data_centre</c>. Default: the well-known ranges that
    /// ship with the program; an empty list switches the rule off. An <see cref="ArgumentException"/> of the pipeline
    /// names a range that is none.</summary>
    public IReadOnlyList<string> DataCentreRanges { get; init; } = AddressRanges.Shipped;
}
