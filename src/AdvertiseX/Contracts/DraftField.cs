namespace AdvertiseX.Contracts;

/// <summary>A canonical field of a draft.</summary>
/// <param name="Field">Canonical name.</param>
/// <param name="Sources">Fields of the sample that feed it, first choice first.</param>
/// <param name="Basis">Why.</param>
/// <param name="Unit">Unit of money, or null.</param>
internal sealed record DraftField(string Field, IReadOnlyList<SampledField> Sources, DraftBasis Basis, string? Unit);
